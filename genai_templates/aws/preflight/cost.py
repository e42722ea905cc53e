"""What the stack will cost an hour."""

from __future__ import annotations

from ...costs.stack_costs import hourly_cost
from .check import Check, Verdict
from .surroundings import Surroundings

_NAME = "cost"


def check_cost(surroundings: Surroundings) -> list[Check]:
    """Return what the stack costs an hour while nobody uses it."""
    region = surroundings.account.region
    parameters = {name: surroundings.parameter(name) for name in surroundings.template.get("Parameters", {})}
    cost = hourly_cost(surroundings.template, parameters, region)
    if cost is None:
        return [Check(_NAME, Verdict.UNKNOWN, f"the prices of {region} are not known here", "look at AWS's price list")]
    finding = f"{cost.usd_per_hour:.2f} USD an hour, {cost.usd_per_month:,.0f} USD a month, idle ({cost.month})"
    if cost.unknown:
        finding += f", and {', '.join(cost.unknown)}"
        return [Check(_NAME, Verdict.WARNING, finding, "look for those prices in AWS's price list")]
    return [Check(_NAME, Verdict.OK, finding, "'genai-templates destroy' ends it")]
