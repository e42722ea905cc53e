"""Parameters that pause a model and resume it: now, or by the clock."""

from __future__ import annotations

from typing import NamedTuple

from troposphere import And, Equals, Ref

from ...components.pause_schedule import StateChange
from ...parameters import ParameterGroup
from ...scope import Scope

RUNNING, PAUSED = "RUNNING", "PAUSED"
"""The values of the parameter ``ModelState``; the first is the default."""

OPEN, USED_UP = "OPEN", "USED_UP"
"""The values of the parameter ``BudgetState``; the first is the default."""

# Of EventBridge Scheduler: minutes, hours, day of the month, month, day of the week, year.
_SCHEDULE = r"(cron\(([0-9A-Za-z*?,/#-]+ ){5}[0-9A-Za-z*?,/#-]+\))?"
_TIME_ZONE = r"[A-Za-z][A-Za-z0-9_+/-]{1,49}"


class PauseParameters(NamedTuple):
    """The model's state, the condition ``runs`` that it is not paused, and what changes the state by the clock.

    ``budget`` is the state of the budget, where that pauses the model too.
    """

    state: Ref
    runs: str
    changes: list[StateChange]
    time_zone: Ref
    budget: Ref | None


def add_pause_parameters(scope: Scope, *, has_budget: bool) -> PauseParameters:
    """Add the parameters; ``has_budget``: whether a budget pauses the model."""
    group = ParameterGroup(scope, "Pause")
    state = group.choice(
        "ModelState",
        "State of the model",
        values=[RUNNING, PAUSED],
        default=RUNNING,
        description="PAUSED deletes the endpoint, and with it what is charged for by the hour; all else stays, and "
        "says so. RUNNING makes it again, which takes about ten minutes",
    )
    changes = [
        _add_schedule(group, "Resume", RUNNING, "cron(0 8 ? * MON-FRI *)"),
        _add_schedule(group, "Pause", PAUSED, "cron(0 18 ? * MON-FRI *)"),
    ]
    time_zone = group.text(
        "ScheduleTimeZone",
        "Time zone of the schedules",
        default="UTC",
        pattern=_TIME_ZONE,
        constraint="Give the name of a time zone, such as UTC or Europe/Berlin.",
        description="By its name in the IANA's database, such as Europe/Berlin; its summer time is followed",
    )
    budget = _add_budget_state(group) if has_budget else None
    is_running = Equals(state, RUNNING)
    runs = is_running if budget is None else And(is_running, Equals(budget, OPEN))
    return PauseParameters(state, scope.add_condition("ModelRuns", runs), changes, time_zone, budget)


def _add_budget_state(group: ParameterGroup) -> Ref:
    # Not the model's own: a schedule that resumes the model would undo on the next morning what the budget has done.
    return group.choice(
        "BudgetState",
        "State of the budget",
        values=[OPEN, USED_UP],
        default=OPEN,
        description="USED_UP pauses the model, whatever ModelState and the schedules say, and is what the budget sets "
        "when it is used up. OPEN lets it run again",
    )


def _add_schedule(group: ParameterGroup, verb: str, value: str, example: str) -> StateChange:
    name = f"{verb}Schedule"
    expression = group.text(
        name,
        f"When to {verb.lower()} the model",
        default="",
        pattern=_SCHEDULE,
        constraint=f"Give a cron expression of six fields, such as {example}, or nothing.",
        description=f"Empty for never, or a cron expression of EventBridge Scheduler, such as {example} for weekdays",
    )
    title = f"{verb}s the model"
    # A schedule sets ModelState, as a person does: whoever is later has the last word.
    return StateChange(f"{verb}ModelSchedule", value, expression, group.is_given(expression), title)
