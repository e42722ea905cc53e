"""The events of a stack, each once and in order, from the operation that one waits for.

``DescribeStackEvents`` is their source: ``DescribeEvents`` with a stack's name has those of its latest operation, and
after a failure that is the roll-back, not what failed (awslabs/mcp#4275).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..account import Account
from ..failures import translated

_STACK = "AWS::CloudFormation::Stack"
# Not permitted, or not there in this region.
_REFUSED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "InvalidAction", "UnknownOperation"}
_WRAPPED = re.compile(
    r"^WaitCondition received failed message: '(.*)' for uniqueId: \S+$"
    r"|^Received response status \[FAILED\] from custom resource\. Message returned: (.*?)(?: \(RequestId: .*\))?$",
    re.DOTALL,
)
_NEEDED = {"EventId", "Timestamp"}  # which DescribeEvents does not promise
# Hooks give a reason for these too.
_HARMLESS = {"HOOK_IN_PROGRESS", "HOOK_COMPLETE_SUCCEEDED", "SKIPPED"}
_BEGINNINGS = {"CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS", "IMPORT_IN_PROGRESS"}


@dataclass(frozen=True, kw_only=True)
class StackEvent:
    """Event of a stack: which resource has which status since when, and why."""

    event_id: str
    time: datetime
    logical_id: str
    physical_id: str
    kind: str
    status: str
    reason: str

    @property
    def is_of_stack(self) -> bool:
        """Whether it is about the stack itself, and not about a resource."""
        return (
            self.kind == _STACK and self.physical_id.startswith("arn:") and f"/{self.logical_id}/" in self.physical_id
        )

    @property
    def has_failed(self) -> bool:
        """Whether the event is a failure, such as ``CREATE_FAILED``."""
        return self.status.endswith("FAILED")

    @property
    def is_cancelled(self) -> bool:
        """Whether the resource failed only because another one had."""
        return self.has_failed and "cancelled" in self.reason.lower()

    def __str__(self) -> str:
        """Return the resource and its reason, without what CloudFormation wraps around a signal or a response."""
        return f"{self.logical_id} ({self.kind}): {_WRAPPED.sub(lambda match: match[1] or match[2], self.reason)}"

    def to_dict(self) -> dict[str, str]:
        """Return the event for a program to read."""
        return {
            "time": self.time.isoformat(),
            "logical_id": self.logical_id,
            "resource_type": self.kind,
            "status": self.status,
            "reason": self.reason,
        }


class EventReader:
    """Reads a stack's events with ``DescribeStackEvents``, or ``DescribeEvents`` where that is not permitted."""

    def __init__(self, account: Account, stack_id: str) -> None:
        self._client = account.client("cloudformation")
        self._stack_id = stack_id
        self._seen: set[str] = set()
        self._operation = "describe_stack_events", "StackEvents"

    def skip_past(self) -> None:
        """Take all events so far as seen."""
        self.new_events()

    def skip_to_operation(self) -> None:
        """Take all events as seen that are older than the operation which is going on. Raises AwsError."""
        going_on = last_operation(self.new_events())
        self._seen -= {each.event_id for each in going_on}

    def new_events(self) -> list[StackEvent]:
        """Return the events since the last call, oldest first. Raises AwsError."""
        found: list[StackEvent] = []
        with translated():
            for page in self._pages():
                events = [_event(each) for each in page if _status(each) and each.keys() >= _NEEDED]
                found += events
                # Only DescribeStackEvents promises an order, newest first; where it is seen, the rest is known.
                if any(event.event_id in self._seen for event in events) and events[0].time > events[-1].time:
                    break
        # Two pages overlap when events come between them.
        new = {event.event_id: event for event in reversed(found) if event.event_id not in self._seen}
        self._seen |= new.keys()
        return sorted(new.values(), key=lambda event: event.time)

    def _pages(self) -> Iterator[list[Any]]:
        from botocore.exceptions import ClientError

        try:
            yield from self._read()
        except ClientError as error:
            if error.response["Error"]["Code"] not in _REFUSED or self._operation[0] == "describe_events":
                raise
            self._operation = "describe_events", "OperationEvents"
            yield from self._read()

    def _read(self) -> Iterator[list[Any]]:
        operation, member = self._operation
        for page in self._client.get_paginator(operation).paginate(StackName=self._stack_id):
            yield page[member]


def last_operation(events: Sequence[StackEvent]) -> list[StackEvent]:
    """Return the events of the last operation alone, of those of the stack's whole life."""
    beginnings = [number for number, each in enumerate(events) if each.is_of_stack and each.status in _BEGINNINGS]
    return list(events[beginnings[-1] if beginnings else 0 :])


def first_causes(events: list[StackEvent]) -> list[StackEvent]:
    """Return the failures that caused the others, the first of them first; what was cancelled is none."""
    return [each for each in events if each.has_failed and not each.is_cancelled and not each.is_of_stack]


def _event(found: Any) -> StackEvent:
    return StackEvent(
        event_id=found["EventId"],
        time=found["Timestamp"],
        logical_id=found.get("LogicalResourceId", ""),
        physical_id=found.get("PhysicalResourceId", ""),
        kind=found.get("ResourceType", ""),
        status=_status(found),
        reason=_reason(found),
    )


def _status(found: Any) -> str:
    """Return the resource's status, or what early validation and hooks found; empty for what is about no resource."""
    for kind in ("Validation", "Hook"):
        if found.get(f"{kind}StatusReason") and found.get(f"{kind}Status") not in _HARMLESS:
            return f"{kind.upper()}_{'WARNING' if found.get(f'{kind}FailureMode') == 'WARN' else 'FAILED'}"
    return str(found.get("ResourceStatus", ""))


def _reason(found: Any) -> str:
    parts = ("ValidationName", "ValidationPath", "ValidationStatusReason", "HookType", "HookStatusReason")
    if checked := [found[part] for part in parts if found.get(part)]:
        return " ".join(checked)
    return str(found.get("ResourceStatusReason", ""))
