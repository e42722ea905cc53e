"""What a resource that was left costs a month."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ...costs.prices import HOURS_PER_MONTH, Prices, find_prices
from ...errors import AwsError
from ..account import Account
from ..failures import translated
from .emptying import count_bucket
from .resources import Kind, Resource

_GIGABYTE = 1024**3
_VERSIONS = 20_000
"""How many versions of a bucket are counted; what is beyond costs more than is shown."""


def usd_per_month(account: Account, resource: Resource) -> float | None:
    """Return what a resource costs a month of 730 hours, in USD, as it is now; None where that is not known."""
    prices = find_prices(account.region)
    if resource.kind not in _COSTS:
        return 0.0
    if prices is None:
        return None
    try:
        return _COSTS[resource.kind](account, resource, prices)
    except AwsError:  # it may be removed without a permission to look into it
        return None


def _endpoint(account: Account, resource: Resource, prices: Prices) -> float | None:
    client = account.client("sagemaker")
    with translated():
        endpoint = client.describe_endpoint(EndpointName=resource.name)
        if endpoint["EndpointStatus"] == "Failed":
            return 0.0
        config = client.describe_endpoint_config(EndpointConfigName=endpoint["EndpointConfigName"])
    running = {each["VariantName"]: each for each in endpoint.get("ProductionVariants", [])}
    total = 0.0
    for variant in config["ProductionVariants"]:
        for instance_type, count in _instances(variant, running.get(variant["VariantName"], {})):
            price = prices.find_instance("hosting", instance_type)
            if price is None:
                return None
            total += price * count * HOURS_PER_MONTH
    return total


def _instances(variant: Mapping[str, Any], running: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    if pools := running.get("InstancePools"):
        yield from ((each["InstanceType"], each.get("CurrentInstanceCount", 0)) for each in pools)
        return
    first = next((each["InstanceType"] for each in variant.get("InstancePools", ())), "")
    count = running.get("CurrentInstanceCount", variant.get("InitialInstanceCount"))
    yield variant.get("InstanceType", first), 1 if count is None else count


def _notebook(account: Account, resource: Resource, prices: Prices) -> float | None:
    with translated():
        notebook = account.client("sagemaker").describe_notebook_instance(NotebookInstanceName=resource.name)
    volume = _times(prices.find("notebook/volume"), notebook.get("VolumeSizeInGB", 0))
    if notebook["NotebookInstanceStatus"] in ("Stopped", "Failed"):
        return volume
    hours = _times(prices.find_instance("notebook", notebook["InstanceType"]), HOURS_PER_MONTH)
    return None if hours is None or volume is None else hours + volume


def _bucket(account: Account, resource: Resource, prices: Prices) -> float | None:
    size = count_bucket(account, resource.name, at_most=_VERSIONS).size
    return _times(prices.find("s3/gb-month"), size / _GIGABYTE)


def _log_group(account: Account, resource: Resource, prices: Prices) -> float | None:
    return _times(prices.find("cloudwatch/log-gb-month"), resource.listed.get("storedBytes", 0) / _GIGABYTE)


def _alarm(account: Account, resource: Resource, prices: Prices) -> float | None:
    metrics = [each for each in resource.listed.get("Metrics", ()) if "MetricStat" in each]
    return _times(prices.find("cloudwatch/alarm-metric"), max(1, len(metrics)))


def _key(account: Account, resource: Resource, prices: Prices) -> float | None:
    return prices.find("kms/key")


def _times(price: float | None, amount: float) -> float | None:
    return None if price is None else price * amount


_COSTS: dict[Kind, Callable[[Account, Resource, Prices], float | None]] = {
    Kind.ENDPOINT: _endpoint,
    Kind.NOTEBOOK: _notebook,
    Kind.BUCKET: _bucket,
    Kind.LOG_GROUP: _log_group,
    Kind.ALARM: _alarm,
    Kind.KEY: _key,
}
