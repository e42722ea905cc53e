"""How often a model is awake that has no instance while nobody uses it, and how many requests find it asleep."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from .simulation import Arrival
from .template_values import TemplateValues

WAKE_SECONDS = 600.0
"""How long waking takes: ten minutes, as others measured it with small models; those are charged for."""

# Target tracking lets an instance go when its alarm has seen 15 minutes without work. (Application Auto Scaling user
# guide, "Target tracking scaling policies".)
_TRACKING_MINUTES = 15


class Sleep(NamedTuple):
    """The share of the time in which an instance is charged for, and that of the requests that have to wake it."""

    awake: float
    wakes: float


def minutes_until_asleep(values: TemplateValues) -> int:
    """Return after how many minutes without a request the stack's model goes to sleep."""
    declared = "IdleMinutes" in values.template["Parameters"]
    return values.number({"Ref": "IdleMinutes"}) if declared else _TRACKING_MINUTES


def sleep_of(arrivals: Sequence[Arrival], *, idle_minutes: float) -> Sleep:
    """Return how one instance sleeps under these requests, of which the first finds it asleep."""
    if not arrivals:
        return Sleep(0.0, 0.0)
    idle_seconds = 60 * idle_minutes
    awake = wakes = until = 0.0
    for arrival in arrivals:
        if arrival.at >= until:
            wakes += 1
            begins, ends = arrival.at, arrival.at + WAKE_SECONDS + idle_seconds
        else:
            begins, ends = until, max(until, arrival.at + idle_seconds)
        awake += ends - begins
        until = ends
    return Sleep(awake / until, wakes / len(arrivals))
