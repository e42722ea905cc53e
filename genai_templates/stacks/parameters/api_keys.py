"""Parameters of API keys."""

from __future__ import annotations

from typing import NamedTuple

from troposphere import Ref

from ...components.api import Throttle
from ...parameters import ParameterGroup
from ...scope import Scope


class KeyParameters(NamedTuple):
    """What each key may do."""

    throttle: Throttle
    daily_requests: Ref


def add_key_parameters(scope: Scope) -> KeyParameters:
    """Add the parameters of API keys."""
    group = ParameterGroup(scope, "API keys")
    rate = group.number(
        "KeyRate",
        "Requests a second of a key",
        default=5,
        minimum=1,
        maximum=10_000,
        unit="requests a second",
        description="More are refused with 429",
    )
    burst = group.number(
        "KeyBurst",
        "Requests at once of a key",
        default=10,
        minimum=1,
        maximum=5_000,
        unit="requests",
        description="More are refused with 429",
    )
    daily = group.number(
        "KeyDailyRequests",
        "Requests a day of a key",
        default=10_000,
        minimum=1,
        maximum=100_000_000,
        unit="requests",
        description="Every request counts, those for the state of a job too; a day begins at midnight UTC",
    )
    return KeyParameters(Throttle(rate=rate, burst=burst), daily)
