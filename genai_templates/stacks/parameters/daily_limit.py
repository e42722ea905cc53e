"""The parameter of the daily limit."""

from __future__ import annotations

from troposphere import Ref

from ...parameters import ParameterGroup
from ...scope import Scope


def add_daily_requests(scope: Scope) -> Ref:
    """Add the number of requests that each caller has a day."""
    return ParameterGroup(scope, "API").number(
        "DailyRequests",
        "Requests a day of each user or key",
        default=100,
        minimum=1,
        maximum=1_000_000,
        unit="requests a day",
        description="Those that reach the model, from midnight to midnight UTC; more are refused with 429",
    )
