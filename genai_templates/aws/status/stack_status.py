"""How a stack is: what it works on or failed at, its model, its alarms and its cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ..account import Account
from ..cloudformation.events import EventReader, StackEvent, first_causes, last_operation
from ..cloudformation.stacks import WORKING, StackDescription, StackResource, list_resources
from .alarms import Alarm, StateChange, latest_changes, ringing_alarms
from .look_up import LookUp
from .stack_summary import StackSummary, summarize_stack


@dataclass(frozen=True, kw_only=True)
class StackStatus:
    """How a stack is. ``unknown`` has the reason for what could not be looked up, which then is empty."""

    summary: StackSummary
    since: datetime
    """When the stack came to its status."""
    causes: Sequence[StackEvent]
    """The failures that led to it, when it has failed: the first one first."""
    working_on: Sequence[StackEvent]
    """The resources that CloudFormation works on now, each with the event since which it does."""
    alarms: Sequence[Alarm]
    changes: Sequence[StateChange]
    unknown: dict[str, str]


def read_status(account: Account, stack: StackDescription) -> StackStatus:
    """Return how a stack is. Raises AwsError but for missing permissions."""
    summary, look_up = summarize_stack(account, stack), LookUp()
    events: list[StackEvent] = look_up("events", lambda: EventReader(account, stack.stack_id).new_events(), [])
    resources: list[StackResource] = look_up("resources", lambda: list_resources(account, stack.stack_id), [])
    alarms: list[Alarm] = look_up("alarms", lambda: ringing_alarms(account, resources), [])
    changes: list[StateChange] = look_up("changes of alarms", lambda: latest_changes(account, resources), [])
    return StackStatus(
        summary=summary,
        since=_since(stack, events),
        causes=_causes(stack, events),
        working_on=_working_on(stack, events),
        alarms=alarms,
        changes=changes,
        unknown={**summary.unknown, **look_up.unknown},
    )


def _since(stack: StackDescription, events: Sequence[StackEvent]) -> datetime:
    own = [event.time for event in events if event.is_of_stack and event.status == stack.status]
    return own[-1] if own else stack.updated or stack.created


def _causes(stack: StackDescription, events: Sequence[StackEvent]) -> Sequence[StackEvent]:
    has_failed = "FAILED" in stack.status or "ROLLBACK" in stack.status
    return first_causes(last_operation(events)) if has_failed else ()


def _working_on(stack: StackDescription, events: Sequence[StackEvent]) -> Sequence[StackEvent]:
    begun: dict[str, StackEvent] = {}
    for event in last_operation(events) if stack.is_at_work else ():
        if event.is_of_stack:
            continue
        if not event.status.endswith(WORKING):
            begun.pop(event.logical_id, None)
        elif event.logical_id not in begun or begun[event.logical_id].status != event.status:
            begun[event.logical_id] = event  # the first of several with one status: since then it is worked on
    return sorted(begun.values(), key=lambda event: event.time)
