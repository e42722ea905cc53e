"""The events of a stack, each once and in order, from the operation that one waits for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .account import Account
from .failures import translated

_STACK = "AWS::CloudFormation::Stack"
_DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"}


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

    def to_dict(self) -> dict[str, str]:
        """Return the event for a program to read."""
        return {
            "time": self.time.isoformat(),
            "logical_id": self.logical_id,
            "type": self.kind,
            "status": self.status,
            "reason": self.reason,
        }


class EventReader:
    """Reads a stack's events with ``DescribeEvents``, or ``DescribeStackEvents`` where that is not permitted."""

    def __init__(self, account: Account, stack_id: str) -> None:
        self._client = account.client("cloudformation")
        self._stack_id = stack_id
        self._seen: set[str] = set()

    def skip_past(self) -> None:
        """Take all events so far as seen."""
        self.new_events()

    def new_events(self) -> list[StackEvent]:
        """Return the events since the last call, oldest first. Raises AwsError."""
        found: list[StackEvent] = []
        with translated():
            for page in self._pages():
                events = [_event(each) for each in page if "ResourceStatus" in each]
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
            yield from self._read("describe_events", "OperationEvents")
        except ClientError as error:
            if error.response["Error"]["Code"] not in _DENIED:
                raise
            yield from self._read("describe_stack_events", "StackEvents")

    def _read(self, operation: str, member: str) -> Iterator[list[Any]]:
        for page in self._client.get_paginator(operation).paginate(StackName=self._stack_id):
            yield page[member]


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
        status=found["ResourceStatus"],
        reason=found.get("ResourceStatusReason", ""),
    )
