"""What a stack costs now, and has cost since it is there: list prices by the hours that things have been in service."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from ...costs.prices import find_prices
from ...costs.stack_costs import hourly_cost
from ..account import Account
from ..cloudformation.stacks import StackDescription
from ..endpoints import EndpointDescription
from ..failures import translated

_NOT_CHARGED = {"Creating", "Failed", "OutOfService"}


class RunningCost(NamedTuple):
    """USD an hour and so far, without what requests cost; ``month`` is that of the price list.

    ``unknown`` lists what there is no price for.
    """

    usd_per_hour: float
    usd_so_far: float
    month: str
    unknown: tuple[str, ...]


def read_template(account: Account, stack: StackDescription) -> Mapping[str, Any]:
    """Return the template that a stack was deployed with. Raises AwsError."""
    with translated():
        body = account.client("cloudformation").get_template(StackName=stack.stack_id)["TemplateBody"]
    template = json.loads(body) if isinstance(body, str) else body
    return template if isinstance(template, Mapping) else {}


def running_cost(
    template: Mapping[str, Any],
    stack: StackDescription,
    endpoint: EndpointDescription | None,
    *,
    region: str,
    now: datetime,
) -> RunningCost | None:
    """Return what the stack costs, with ``endpoint`` when that is its own; None where prices are not known.

    The endpoint counts from its creation with as many instances as it has now; so the sum is about right where it has
    been scaled or made anew, and too high by the minutes of its start. Of one that is asleep, nothing is known of the
    hours in which it was awake.
    """
    prices = find_prices(region)
    try:
        rest = hourly_cost(template, stack.parameters, region, instances=0)
    except (KeyError, IndexError, TypeError, ValueError):  # a template of another version, or of somebody else
        return None
    if prices is None or rest is None:
        return None
    per_hour, so_far = rest.usd_per_hour, rest.usd_per_hour * _hours(stack.created, now)
    unknown = [what for what in rest.unknown if not what.startswith("endpoint")]
    if endpoint is not None and endpoint.status not in _NOT_CHARGED:
        for instances in endpoint.instances:
            price = prices.find_instance("hosting", instances.instance_type)
            if price is not None:
                per_hour += price * instances.current
                so_far += price * instances.current * _hours(endpoint.created, now)
            elif instances.current:
                unknown.append(f"endpoint, {instances}")
    return RunningCost(per_hour, so_far, prices.month, tuple(unknown))


def _hours(since: datetime, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds() / 3600)
