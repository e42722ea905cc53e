"""An estimate: what a stack costs a month, idle and by use, and how long people wait, by the number of instances."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from ..errors import InvalidOption
from .endpoint_size import endpoint_sizes
from .prices import Prices
from .simulation import (
    MOST_ARRIVALS,
    Arrival,
    Patience,
    Waiting,
    log_normal,
    make_arrivals,
    simulate,
    summarize,
)
from .sleep import Sleep, minutes_until_asleep, sleep_of
from .stack_costs import Cost, cost_at
from .template_values import Template, TemplateValues
from .usage import ServiceTime, Usage, UseLine, use_costs

INSTANCE_COUNTS = (1, 2, 3, 4, 8)
"""The numbers of instances that are compared."""

_LEAST_REQUESTS_PER_HOUR = 0.001
_MOST_REQUESTS_PER_HOUR = 1_000_000
_MOST_SECONDS = 3600
_MOST_SLOTS = 1000


@dataclass(frozen=True, kw_only=True)
class Traffic:
    """A steady traffic.

    ``requests_per_hour`` is 0, for none, or 0.001 to a million; ``seed`` makes the same estimate again. ``seconds``
    is the median time that the model works on a request, up to 3600, and ``slots`` how many requests an instance works
    on at once, up to 1000; where they are None, the application's assumptions stand in.
    """

    requests_per_hour: float = 0
    seconds: float | None = None
    slots: int | None = None
    seed: int = 1

    def __post_init__(self) -> None:
        """Raise InvalidOption for what is out of range."""
        requests = self.requests_per_hour
        if requests != 0 and not _LEAST_REQUESTS_PER_HOUR <= requests <= _MOST_REQUESTS_PER_HOUR:
            allowed = f"0, or {_LEAST_REQUESTS_PER_HOUR:g} to {_MOST_REQUESTS_PER_HOUR:,}"
            raise InvalidOption(f"{requests:g} requests an hour cannot be estimated; give {allowed}")
        if self.seconds is not None and not 0 < self.seconds <= _MOST_SECONDS:
            raise InvalidOption(
                f"the model cannot take {self.seconds:g} seconds; give more than 0, up to {_MOST_SECONDS}"
            )
        if self.slots is not None and not 1 <= self.slots <= _MOST_SLOTS:
            raise InvalidOption(f"an instance cannot have {self.slots} slots; give 1 to {_MOST_SLOTS}")

    def applied_to(self, usage: Usage) -> Usage:
        """Return the usage with the model's times that were given."""
        model = usage.model
        return usage._replace(
            model=ServiceTime(
                self.seconds or model.median_seconds,
                model.sigma,
                self.slots or model.slots,
            )
        )


class InstancesRow(NamedTuple):
    """What so many instances give: how long people wait, and what the stack then costs a month, idle and by use.

    Instances that sleep are charged for while they are awake; the times are those of a model that is.
    """

    instances: int
    waiting: Waiting
    usd_per_month: float


class Estimate(NamedTuple):
    """What a stack costs a month: ``idle`` while nobody uses it, ``use`` by the service, ``rows`` by instances.

    ``use`` and ``rows`` are empty without traffic. Sums are of what is known; ``unknown`` names the rest. ``api_rate``
    is how many requests a second the API lets through, ``most_instances`` how many the stack's own endpoint may have,
    0 where it has none, ``can_scale`` whether a parameter allows for more, and ``sleep`` None where no instance sleeps.
    """

    usage: Usage
    traffic: Traffic
    idle: Cost
    use: list[UseLine]
    rows: list[InstancesRow]
    api_rate: float
    most_instances: int
    can_scale: bool
    sleep: Sleep | None

    @property
    def use_usd_per_month(self) -> float:
        """USD a month by use, of all that is known."""
        return _sum(self.use)

    @property
    def unknown(self) -> tuple[str, ...]:
        """What is charged for at a price that is not known."""
        return (*self.idle.unknown, *(line.what for line in self.use if line.usd_per_month is None))

    @property
    def api_requests_per_second(self) -> float:
        """How many requests reach the API, on average, with those by which a page looks after its jobs."""
        return self.traffic.requests_per_hour / 3600 * self.usage.items["api-gateway/rest-request"]


def make_estimate(template: Template, usage: Usage, traffic: Traffic, *, region: str) -> Estimate:
    """Return the estimate for the template, with the defaults of its parameters.

    Raises UnknownPrice for a region without prices.
    """
    prices, usage, values = Prices(region), traffic.applied_to(usage), TemplateValues(template, {})
    idle, most = cost_at(prices, template, {}), sum(size.most for size in endpoint_sizes(values))
    use, rows, sleep = [], [], None
    if traffic.requests_per_hour:
        use = use_costs(template, usage, prices, requests_per_hour=traffic.requests_per_hour)
        arrivals = _arrivals(usage, traffic)
        if any(size.sleeps for size in endpoint_sizes(values)):
            sleep = sleep_of(arrivals, idle_minutes=minutes_until_asleep(values))
        # Without an endpoint there are no instances to compare.
        for instances in INSTANCE_COUNTS if _has_instances(template) else ():
            running = cost_at(prices, template, {}, instances=instances).usd_per_month
            if sleep:
                running = idle.usd_per_month + sleep.awake * (running - idle.usd_per_month)
            rows.append(InstancesRow(instances, _waiting(arrivals, usage, instances), running + _sum(use)))
    return Estimate(
        usage=usage,
        traffic=traffic,
        idle=idle,
        use=use,
        rows=rows,
        api_rate=float(template["Parameters"]["ThrottleRate"]["Default"]),
        most_instances=most,
        can_scale="MaxInstances" in template["Parameters"],
        sleep=sleep,
    )


def _has_instances(template: Template) -> bool:
    """Whether the model runs on instances at all: only models on Bedrock, which do not, have an id to choose."""
    return "ModelId" not in template["Parameters"]


def _arrivals(usage: Usage, traffic: Traffic) -> list[Arrival]:
    return make_arrivals(
        MOST_ARRIVALS,
        requests_per_hour=traffic.requests_per_hour,
        service_seconds=log_normal(usage.model.median_seconds, usage.model.sigma),
        seed=traffic.seed,
    )


def _waiting(arrivals: list[Arrival], usage: Usage, instances: int) -> Waiting:
    patience = Patience(usage.try_seconds, usage.retry_seconds)
    return summarize(simulate(arrivals, slots=instances * usage.model.slots, patience=patience))


def _sum(lines: list[UseLine]) -> float:
    return sum(line.usd_per_month or 0.0 for line in lines)
