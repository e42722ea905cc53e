"""How a stack is, as a person reads it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from ..aws.cloudformation.events import StackEvent
from ..aws.endpoints import EndpointDescription
from ..aws.status.running_cost import RunningCost
from ..aws.status.stack_status import StackStatus
from ..aws.status.stack_summary import StackSummary
from .durations import duration
from .status_json import time_text
from .terminal import make_console, print_stripped, print_table

_NOT_YET = "not there yet"
Row = tuple[str, str, str]
"""A heading, a text, and the style of the text."""


def print_status(status: StackStatus) -> None:
    """Print how a stack is."""
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    before = ""
    for heading, text, style in _rows(status):
        table.add_row(Text("" if heading == before else heading, "bold"), Text(text, style))
        before = heading
    print_stripped(table)


def _rows(status: StackStatus) -> Iterator[Row]:
    summary, stack = status.summary, status.summary.stack
    yield "Stack", f"{stack.name}{f' ({stack.app})' if stack.app else ''}", ""
    yield "Status", f"{stack.status}{_since(status.since)}", _style(stack.status)
    if stack.reason:
        yield "Reason", stack.reason, _style(stack.status)
    for event in status.causes:
        yield "Cause", f"{_resource(event)}: {event.reason}", "red"
    for event in status.working_on:
        yield "Works on", f"{_resource(event)}, {event.status}{_since(event.time)}", "yellow"
    yield "Page", summary.url or _NOT_YET, ""
    yield "API", stack.outputs.get("ApiGatewayUrl", _NOT_YET), ""
    yield "Model", summary.model_id or "not known", ""
    yield from _endpoint_rows(summary)
    yield "Cost", _cost(summary), ""
    yield from _alarm_rows(status)
    for what, reason in status.unknown.items():
        yield "Not known", f"{what}: {reason}", "yellow"


def _resource(event: StackEvent) -> str:
    return f"{event.logical_id} ({event.kind})"


def _endpoint_rows(summary: StackSummary) -> Iterator[Row]:
    if summary.endpoint is not None:
        yield "Endpoint", _endpoint(summary.endpoint), _style(summary.endpoint.status)
        if summary.endpoint.reason:
            yield "Endpoint", summary.endpoint.reason, "red"
    elif summary.endpoint_is_gone:
        yield "Endpoint", f"GONE: there is no endpoint {summary.endpoint_name}, so nothing generates", "bold red"
        yield "Endpoint", _advice(summary), "bold red"
    elif summary.is_paused:
        yield "Endpoint", "paused: deploy with --parameter ModelState=RUNNING to have it again", "yellow"
    else:
        yield "Endpoint", "not known" if "endpoint" in summary.unknown else f"{summary.endpoint_name}, {_NOT_YET}", ""


def _advice(summary: StackSummary) -> str:
    if summary.endpoint_is_own:
        return "somebody has deleted it: destroy the stack and deploy it again"
    return "deploy with the name of another endpoint as ExistingEndpointName"


def _endpoint(endpoint: EndpointDescription) -> str:
    instances = f"{endpoint.instances} x {endpoint.instance_type or 'unknown instances'}"
    return f"{endpoint.name}, {instances}, {endpoint.status}{_since(endpoint.since)}"


def _cost(summary: StackSummary) -> str:
    if summary.cost is None:
        return "not known"
    cost = summary.cost
    beside = "" if summary.endpoint_is_own else " The endpoint is not the stack's, and is charged for beside it."
    unknown = f" Without {', '.join(cost.unknown)}: no price is known." if cost.unknown else ""
    return f"{_amounts(cost)} (list prices of {cost.month}; requests come on top).{unknown}{beside}"


def _amounts(cost: RunningCost) -> str:
    return f"about {cost.usd_per_hour:.2f} USD an hour, about {cost.usd_so_far:.2f} USD so far"


def _alarm_rows(status: StackStatus) -> Iterator[Row]:
    for alarm in status.alarms:
        yield "Alarms", f"{alarm.name}{_since(alarm.since)}: {alarm.description}. {alarm.reason}", "red"
    if not status.alarms and "alarms" not in status.unknown:
        yield "Alarms", "none", ""
    for change in status.changes:
        yield "Changes", f"{time_text(change.time)} {change.name}: {change.old} -> {change.new}", ""


def print_summaries(summaries: Sequence[StackSummary], region: str) -> None:
    """Print the stacks of a region, one a row."""
    if not summaries:
        make_console().print(f"No stack of either application in {region}: 'genai-templates deploy' makes one.")
        return
    rows = [
        (
            summary.stack.name,
            summary.stack.app,
            summary.stack.status,
            _endpoint_status(summary),
            f"{summary.cost.usd_per_hour:.2f}" if summary.cost else "not known",
            summary.url or _NOT_YET,
        )
        for summary in summaries
    ]
    print_table(("stack", "application", "status", "endpoint", "USD an hour, about", "page"), rows)


def _endpoint_status(summary: StackSummary) -> str:
    if summary.endpoint is not None:
        return summary.endpoint.status
    if summary.is_paused:
        return "paused"
    return "GONE" if summary.endpoint_is_gone else "not known" if "endpoint" in summary.unknown else _NOT_YET


def _style(status: str) -> str:
    if "FAIL" in status.upper() or "ROLLBACK" in status or status == "OutOfService":
        return "red"
    return "green" if status.endswith("COMPLETE") or status == "InService" else "yellow"


def _since(time: datetime) -> str:
    return f" since {time_text(time)} ({duration((datetime.now(UTC) - time).total_seconds())})"
