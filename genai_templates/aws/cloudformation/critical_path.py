"""The critical path of a creation: the resources that it waited for, one after the other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from .events import StackEvent

_REFERENCE = re.compile(r"\$\{([A-Za-z0-9]+)[.}]")


class Span(NamedTuple):
    """When a resource was worked on."""

    logical_id: str
    kind: str
    start: datetime
    end: datetime

    @property
    def seconds(self) -> float:
        """How long that took."""
        return (self.end - self.start).total_seconds()


def critical_path(template: Mapping[str, Any], events: Sequence[StackEvent]) -> list[Span]:
    """Return the resources that the operation waited for, longest first.

    The last resource to be done waited for that of its dependencies which was done last, and so on.
    """
    spans = _spans(events)
    path = []
    waiting = max(spans.values(), key=lambda span: span.end, default=None)
    while waiting is not None:
        path.append(spans.pop(waiting.logical_id))
        needed = dependencies(template["Resources"].get(waiting.logical_id, {}))
        waiting = max((spans[each] for each in needed if each in spans), key=lambda span: span.end, default=None)
    return sorted(path, key=lambda span: -span.seconds)


def dependencies(resource: Mapping[str, Any]) -> set[str]:
    """Return the names that a resource of a template refers to: logical ids, and parameters too."""
    depends_on = resource.get("DependsOn", [])
    return {*_references(resource), *([depends_on] if isinstance(depends_on, str) else depends_on)}


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for each in value:
            yield from _references(each)
    elif isinstance(value, dict):
        for name, each in value.items():
            if name == "Ref":
                yield each
            elif name == "Fn::GetAtt":
                yield each.split(".")[0] if isinstance(each, str) else each[0]
            elif name == "Fn::Sub":
                yield from _REFERENCE.findall(each if isinstance(each, str) else each[0])
            yield from _references(each)


def _spans(events: Sequence[StackEvent]) -> dict[str, Span]:
    starts: dict[str, datetime] = {}
    spans: dict[str, Span] = {}
    for event in events:
        if event.is_of_stack:
            continue
        starts.setdefault(event.logical_id, event.time)
        if event.status.endswith("_COMPLETE"):
            spans[event.logical_id] = Span(event.logical_id, event.kind, starts[event.logical_id], event.time)
    return spans
