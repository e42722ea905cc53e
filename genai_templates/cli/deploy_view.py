"""What a deployment looks like: plain lines in a pipe, objects of JSON for programs, a live view on a terminal."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

from ..errors import AwsError
from .checks_view import print_checks
from .durations import duration
from .terminal import make_console, print_json, print_table

if TYPE_CHECKING:
    from rich.console import RenderableType

    from ..aws.cloudformation.changes import Change
    from ..aws.cloudformation.critical_path import Span
    from ..aws.cloudformation.events import StackEvent
    from ..aws.cloudformation.operation import Operation
    from ..aws.preflight import Check

_SPANS = 6
_ROWS = 12  # of resources at work, so that the view fits on a terminal of 24 lines
_STYLES = {"replaced": "bold red", "perhaps replaced": "bold red", "removed": "red", "added": "green"}


class View:
    """Plain lines on standard output, one for each step, change and event."""

    def step(self, message: str) -> None:
        """Show what is being done now."""
        print(message, flush=True)

    def checks(self, checks: Sequence[Check]) -> None:
        """Show the checks that have more to say than that all is well."""
        notable = [each for each in checks if each.verdict.value != "ok"]
        print(f"preflight: {len(checks) - len(notable)} of {len(checks)} checks are ok")
        print_checks(notable)

    def changes(self, changes: Sequence[Change]) -> None:
        """Show what a change set would do, and loudly what would lose data, stop the model, or cost more."""
        counts = Counter(each.effect.value for each in changes)
        print(", ".join(f"{count} {effect}" for effect, count in counts.items()))
        self.table(changes)
        for change in changes:
            if change.consequence:
                make_console().print(change.consequence, style="bold red", soft_wrap=True)

    def table(self, changes: Sequence[Change]) -> None:
        """Show each change in a row."""
        rows = [(each.effect.value, each.logical_id, each.kind, ", ".join(each.properties)) for each in changes]
        print_table(("what", "resource", "type", "because of"), rows, _STYLES)

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
        print(f"model: {progress}", *progress.log_lines, sep="\n  ", flush=True)

    def outcome(self, outputs: Mapping[str, str], spans: Sequence[Span], notes: Iterable[str]) -> None:
        """Show what there is now: outputs, what the creation waited for, and what else is to be said."""
        width = max(map(len, outputs), default=0)
        for name, value in sorted(outputs.items()):
            print(f"  {name:{width}}  {value}")
        if waited := [f"{each.logical_id} {duration(each.seconds)}" for each in spans[:_SPANS] if each.seconds >= 1]:
            print("waited for:", ", ".join(waited))
        print(*notes, sep="\n", flush=True)

    def error(self, error: AwsError) -> None:
        """Nothing: the command line prints it on standard error."""

    @contextmanager
    def reporting(self) -> Iterator[None]:
        """Give a context of which an error is shown."""
        try:
            yield
        except AwsError as error:
            self.error(error)
            raise


class JsonView(View):
    """One object of JSON a line, each with a ``type``."""

    def step(self, message: str) -> None:
        """Show what is being done now."""
        print_json({"type": "step", "message": message})

    def checks(self, checks: Sequence[Check]) -> None:
        """Show what the checks beforehand have found."""
        for check in checks:
            print_json({"type": "check", **check._asdict(), "verdict": check.verdict.value})

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

    def error(self, error: AwsError) -> None:
        """Show an error as an object too: the class, what happened, the details, and the last line, what to do."""
        message, *rest = (line.strip() for line in str(error).splitlines())
        details, advice = rest[:-1], rest[-1] if rest else ""
        found = {"failure": error.failure, "message": message, "details": details, "advice": advice}
        print_json({"type": "error", **found})

    def outcome(self, outputs: Mapping[str, str], spans: Sequence[Span], notes: Iterable[str]) -> None:
        """Show what there is now."""
        waited = {each.logical_id: each.seconds for each in spans}
        print_json({"type": "done", "outputs": outputs, "waited_seconds": waited, "notes": list(notes)})


class LiveView(View):
    """On a terminal: the resources that are being worked on, with their time so far, and the model's own state."""

    def __init__(self, *, lists_additions: bool = False) -> None:
        self._lists_additions = lists_additions
        self._console = make_console()
        self._operation: Operation | None = None
        self._total = 0

    def table(self, changes: Sequence[Change]) -> None:
        """Show each change in a row; what a new stack has is summed up by service, unless it is to be listed."""
        if self._lists_additions or any(each.effect.value != "added" for each in changes):
            return super().table(changes)
        services = Counter("::".join(each.kind.split("::")[:2]) for each in changes)
        print(", ".join(f"{count} {service}" for service, count in services.most_common()), "('--plan' lists them)")
        return None

    def following(self, total: int) -> AbstractContextManager[object]:
        """Give a context in which the live view is on the terminal; the times in it run on by themselves."""
        from rich.live import Live

        self._operation, self._total, self._console = None, total, make_console()
        return Live(console=self._console, get_renderable=self._render, refresh_per_second=4, transient=True)

    def events(self, operation: Operation, new: Sequence[StackEvent]) -> None:
        """Have the view show this; failures stay on the terminal above it."""
        self._operation = operation
        for event in new:
            if event.has_failed and not event.is_cancelled:
                self._console.print(f"{event.status} {event}", style="red")

    def model(self, operation: Operation) -> None:
        """Have the view show this."""
        self._operation = operation

    def _render(self) -> RenderableType:
        return render(self._operation, self._total, time.time()) if self._operation else ""


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
    waiting = max(total - len(resources), 0)
    counts = f"{done} done, {len(working)} working, {waiting} waiting"
    grid.add_row(Text(summary, style="bold"))
    grid.add_row(Text(f"  {counts}"))
    for event in sorted(working, key=lambda each: started[each.logical_id])[:_ROWS]:
        row = f"  {duration(now - started[event.logical_id]):>11}  {event.logical_id} ({event.kind})"
        grid.add_row(Text(row, no_wrap=True, overflow="ellipsis"))
    if len(working) > _ROWS:
        grid.add_row(Text(f"  and {len(working) - _ROWS} more"))
    if operation.model.endpoint_status:
        grid.add_row(Text(f"  model: {operation.model}", overflow="fold"))
    for line in operation.model.log_lines:
        grid.add_row(Text(f"    {line}", style="dim", no_wrap=True, overflow="ellipsis"))
    return grid


def make_view(*, json: bool, lists_additions: bool = False) -> View:
    """Return the view for where standard output goes."""
    if json:
        return JsonView()
    return LiveView(lists_additions=lists_additions) if sys.stdout.isatty() else View()
