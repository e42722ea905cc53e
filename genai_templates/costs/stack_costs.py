"""What a stack costs an hour while nobody uses it, from its template and the values of its parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from .endpoint_size import endpoint_sizes
from .prices import HOURS_PER_MONTH, Prices, find_prices
from .template_values import Template, TemplateValues

# Lambda's pollers of a queue: five, each with a long poll of 20 seconds; a bill of 2026 has 21,590 a day for a queue.
# (https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html)
_POLLS_PER_HOUR = 5 * 3600 / 20


class CostLine(NamedTuple):
    """One thing that is charged for by the hour; ``usd_per_hour`` is None where the price is not known."""

    what: str
    usd_per_hour: float | None

    @property
    def usd_per_month(self) -> float | None:
        """USD a month of 730 hours."""
        return None if self.usd_per_hour is None else self.usd_per_hour * HOURS_PER_MONTH


class Cost(NamedTuple):
    """What is charged for in a region by the hour, at the prices of ``month``."""

    region: str
    month: str
    lines: tuple[CostLine, ...]

    @property
    def usd_per_hour(self) -> float:
        """USD an hour of all that is known: the least that it can be when there is something in ``unknown``."""
        return sum(line.usd_per_hour or 0.0 for line in self.lines)

    @property
    def usd_per_month(self) -> float:
        """USD a month of 730 hours, of all that is known."""
        return self.usd_per_hour * HOURS_PER_MONTH

    @property
    def unknown(self) -> tuple[str, ...]:
        """What is charged for at a price that is not known."""
        return tuple(line.what for line in self.lines if line.usd_per_hour is None)


class _Charge(NamedTuple):
    """So many units of a price; ``{}`` in ``what`` stands for the number."""

    what: str
    usd_per_hour: float | None
    units: float = 1


class _Stack(NamedTuple):
    values: TemplateValues
    prices: Prices

    def monthly(self, item: str) -> float | None:
        """Return the price of an item's hour that is charged for by the month."""
        price = self.prices.find(item)
        return None if price is None else price / HOURS_PER_MONTH


def hourly_cost(
    template: Template, parameters: Mapping[str, str], region: str, *, instances: int | None = None
) -> Cost | None:
    """Return what a stack costs an hour, idle; None for a region whose prices are not known.

    ``template`` is as ``json.loads(stack.to_json())`` gives it; parameters that are not given have their defaults.
    ``instances`` is how many each endpoint has: without it, as many as there are while nobody uses it. What the model's
    deployment itself takes is left out: the notebook's half hour, and the functions of custom resources.
    """
    prices = find_prices(region)
    return None if prices is None else cost_at(prices, template, parameters, instances=instances)


def cost_at(prices: Prices, template: Template, parameters: Mapping[str, str], *, instances: int | None = None) -> Cost:
    """Return what a stack costs an hour, idle, at these prices: ``hourly_cost`` for a region that has some."""
    stack = _Stack(TemplateValues(template, {"AWS::Region": prices.region, **parameters}), prices)
    charges: dict[str, tuple[float | None, float]] = {}
    for what, usd_per_hour, units in (*_endpoints(stack, instances), *_resources(stack)):
        charges[what] = (usd_per_hour, charges.get(what, (None, 0.0))[1] + units)
    return Cost(prices.region, prices.month, tuple(sorted(map(_line, charges.items()), key=_most_first)))


def _resources(stack: _Stack) -> Iterator[_Charge]:
    for _, resource in stack.values.resources():
        yield from _CHARGES.get(resource["Type"], _nothing)(stack, resource.get("Properties", {}))


def _endpoints(stack: _Stack, instances: int | None) -> Iterator[_Charge]:
    for size in endpoint_sizes(stack.values):
        price = stack.prices.find_instance("hosting", size.instance_type)
        yield _Charge(f"endpoint, {{}} x {size.instance_type}", price, size.idle if instances is None else instances)


def _line(charge: tuple[str, tuple[float | None, float]]) -> CostLine:
    what, (usd_per_hour, units) = charge
    usd = 0.0 if not units else None if usd_per_hour is None else usd_per_hour * units
    return CostLine(what.format(f"{units:g}"), usd)


def _most_first(line: CostLine) -> float:
    return float("-inf") if line.usd_per_hour is None else -line.usd_per_hour


def _nothing(stack: _Stack, properties: Mapping[str, Any]) -> Iterator[_Charge]:
    return iter(())


def _notebook(stack: _Stack, properties: Mapping[str, Any]) -> Iterator[_Charge]:
    """A notebook is charged for while it runs, which its own script ends; the janitor knows whether that does."""
    if stack.values.value(properties["StopNotebook"]) == "false":
        notebook_type = str(stack.values.value(properties["NotebookInstanceType"]))
        yield _Charge(f"notebook, {notebook_type}, not stopped", stack.prices.find_instance("notebook", notebook_type))


def _notebook_volume(stack: _Stack, properties: Mapping[str, Any]) -> Iterator[_Charge]:
    yield _Charge(
        "volume of the notebook, {} GB", stack.monthly("notebook/volume"), float(properties["VolumeSizeInGB"])
    )


def _alarm(stack: _Stack, properties: Mapping[str, Any]) -> Iterator[_Charge]:
    """An alarm is charged for each metric that it looks at."""
    metrics = [query for query in properties.get("Metrics", ()) if "MetricStat" in query]
    yield _Charge("alarms, {} metrics", stack.monthly("cloudwatch/alarm-metric"), len(metrics) or 1)


def _dashboard(stack: _Stack, properties: Mapping[str, Any]) -> Iterator[_Charge]:
    yield _Charge("dashboard", stack.monthly("cloudwatch/dashboard"))


def _interface_endpoint(stack: _Stack, properties: Mapping[str, Any]) -> Iterator[_Charge]:
    if properties.get("VpcEndpointType") == "Interface":
        yield _Charge(
            "interface endpoints, {}", stack.prices.find("vpc/interface-endpoint"), len(properties["SubnetIds"])
        )


def _key(stack: _Stack, properties: Mapping[str, Any]) -> Iterator[_Charge]:
    yield _Charge("key", stack.monthly("kms/key"))


def _queue_pollers(stack: _Stack, properties: Mapping[str, Any]) -> Iterator[_Charge]:
    price = stack.prices.find("sqs/request")
    yield _Charge("polls of an empty queue", None if price is None else price * _POLLS_PER_HOUR)


def _web_acl(stack: _Stack, properties: Mapping[str, Any]) -> Iterator[_Charge]:
    """A web ACL is charged for, and each of its rules, of which a managed group is one."""
    yield _Charge("web ACLs, {}", stack.monthly("waf/web-acl"))
    yield _Charge("rules of web ACLs, {}", stack.monthly("waf/rule"), len(properties["Rules"]))


def _secret(stack: _Stack, properties: Mapping[str, Any]) -> Iterator[_Charge]:
    yield _Charge("secret", stack.monthly("secrets-manager/secret"))


_CHARGES: dict[str, Callable[[_Stack, Mapping[str, Any]], Iterator[_Charge]]] = {
    "AWS::CloudWatch::Alarm": _alarm,
    "AWS::CloudWatch::Dashboard": _dashboard,
    "AWS::EC2::VPCEndpoint": _interface_endpoint,
    "AWS::KMS::Key": _key,
    "AWS::Lambda::EventSourceMapping": _queue_pollers,
    "AWS::SageMaker::NotebookInstance": _notebook_volume,
    "AWS::SecretsManager::Secret": _secret,
    "AWS::WAFv2::WebACL": _web_acl,
    "Custom::ModelJanitor": _notebook,
}
