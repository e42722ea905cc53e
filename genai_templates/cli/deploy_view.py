"""What a deployment looks like: plain lines in a pipe, objects of JSON for programs, a live view on a terminal."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

from .terminal import make_console, print_json, print_table

if TYPE_CHECKING:
    from rich.console import RenderableType

    from ..aws.change_sets import Change
    from ..aws.critical_path import Span
    from ..aws.events import StackEvent
    from ..aws.operation import Operation

_SPANS = 6
_STYLES = {"replaced": "bold red", "perhaps replaced": "bold red", "removed": "red", "added": "green"}


class View:
    """Plain lines on standard output, one for each step, change and event."""

    def step(self, message: str) -> None:
        """Show what is being done now."""
        print(message, flush=True)

    def changes(self, changes: Sequence[Change]) -> None:
        """Show what a change set would do, and loudly what would lose data."""
        counts = Counter(each.effect.value for each in changes)
        print(", ".join(f"{count} {effect}" for effect, count in counts.items()))
        print_table(
            ("what", "resource", "type", "because of"),
            [(each.effect.value, each.logical_id, each.kind, ", ".join(each.properties)) for each in changes],
            _STYLES,
        )
        for change in changes:
            if change.loses_data:
                console = make_console()
                console.print(
                    f"DATA WILL BE LOST: {change.logical_id} ({change.kind}) is {change.effect.value}", style="bold red"
                )

    def following(self, total: int) -> AbstractContextManager[object]:
        """Give a context in which the events of an operation on so many resources are shown."""
        return nullcontext()

    def events(self, operation: Operation, new: Sequence[StackEvent]) -> None:
        """Show the events that are new."""
        for event in new:
            print(f"{event.time:%H:%M:%S} {event.status} {event.logical_id} {event.reason}".rstrip(), flush=True)

    def model(self, operation: Operation) -> None:
        """Show how far the model's deployment is, when that has changed."""
        progress = operation.model
        print(f"model: endpoint {progress.endpoint_status or 'not begun'}", *progress.log_lines, sep="\n  ", flush=True)

    def outcome(self, outputs: Mapping[str, str], spans: Sequence[Span], notes: Iterable[str]) -> None:
        """Show what there is now: outputs, what the creation waited for, and what else is to be said."""
        width = max(map(len, outputs), default=0)
        for name, value in sorted(outputs.items()):
            print(f"  {name:{width}}  {value}")
        if waited := [f"{each.logical_id} {duration(each.seconds)}" for each in spans[:_SPANS] if each.seconds >= 1]:
            print("waited for:", ", ".join(waited))
        print(*notes, sep="\n", flush=True)


class JsonView(View):
    """One object of JSON a line, each with a ``type``."""

    def step(self, message: str) -> None:
        """Show what is being done now."""
        print_json({"type": "step", "message": message})

    def changes(self, changes: Sequence[Change]) -> None:
        """Show what a change set would do."""
        for change in changes:
            print_json({"type": "change", **change.to_dict()})

    def events(self, operation: Operation, new: Sequence[StackEvent]) -> None:
        """Show the events that are new."""
        for event in new:
            print_json({"type": "event", **event.to_dict()})

    def model(self, operation: Operation) -> None:
        """Show how far the model's deployment is."""
        print_json({"type": "model", **operation.model._asdict()})

    def outcome(self, outputs: Mapping[str, str], spans: Sequence[Span], notes: Iterable[str]) -> None:
        """Show what there is now."""
        waited = {each.logical_id: each.seconds for each in spans}
        print_json({"type": "done", "outputs": outputs, "waited_seconds": waited, "notes": list(notes)})


class LiveView(View):
    """On a terminal: the resources that are being worked on, with their time so far, and the model's own state."""

    def __init__(self) -> None:
        self._update: Callable[[RenderableType], None] = lambda view: None
        self._total = 0

    def following(self, total: int) -> AbstractContextManager[object]:
        """Give a context in which the live view is on the terminal."""
        from rich.live import Live

        self._total = total
        live = Live(console=make_console(), refresh_per_second=4, transient=True)
        self._update = live.update
        return live

    def events(self, operation: Operation, new: Sequence[StackEvent]) -> None:
        """Redraw the view; failures stay on the terminal above it."""
        for event in new:
            if event.has_failed:
                make_console().print(f"{event.status} {event.logical_id} {event.reason}", style="red")
        self._update(render(operation, self._total, time.time()))

    def model(self, operation: Operation) -> None:
        """Redraw the view."""
        self._update(render(operation, self._total, time.time()))


def render(operation: Operation, total: int, now: float) -> RenderableType:
    """Return the view of an operation: a line for the stack, one for each resource at work, the model's lines."""
    from rich.table import Table
    from rich.text import Text

    latest: dict[str, Any] = {}
    started: dict[str, float] = {}
    for event in operation.events:
        latest[event.logical_id] = event
        started.setdefault(event.logical_id, event.time.timestamp())
    resources = [event for event in latest.values() if not event.is_of_stack]
    working = [event for event in resources if event.status.endswith("_IN_PROGRESS")]
    done = len(resources) - len(working)
    elapsed = now - min(started.values(), default=now)
    grid = Table.grid(padding=(0, 1))
    summary = f"{operation.stack.name} {operation.stack.status}  {duration(elapsed)}"
    counts = f"{done} of {max(total, len(resources))} done, {len(working)} working"
    grid.add_row(Text(f"{summary}  {counts}", style="bold"))
    for event in sorted(working, key=lambda each: started[each.logical_id]):
        grid.add_row(Text(f"  {duration(now - started[event.logical_id]):>7}  {event.logical_id} ({event.kind})"))
    if operation.model.endpoint_status:
        grid.add_row(Text(f"  model: endpoint {operation.model.endpoint_status}"))
    for line in operation.model.log_lines:
        grid.add_row(Text(f"    {line}", style="dim", no_wrap=True, overflow="ellipsis"))
    return grid


def duration(seconds: float) -> str:
    """Return a time as people read it: ``12 s``, ``3:20 min``, ``1:02:03 h``."""
    whole = max(0, int(seconds))
    minutes, rest = divmod(whole, 60)
    if not minutes:
        return f"{rest} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02} h" if hours else f"{minutes}:{rest:02} min"


def make_view(*, json: bool) -> View:
    """Return the view for where standard output goes."""
    if json:
        return JsonView()
    return LiveView() if sys.stdout.isatty() else View()
