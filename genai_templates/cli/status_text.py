"""How a stack is, as a person reads it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from ..aws.cloudformation.events import StackEvent
from ..aws.endpoints import EndpointDescription
from ..aws.status.model_state import ModelDescription
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
    yield "Model", summary.model.model_id or "not known", ""
    yield from _endpoint_rows(summary)
    yield "Cost", _cost(summary), ""
    yield from _alarm_rows(status)
    for what, reason in status.unknown.items():
        yield "Not known", f"{what}: {reason}", "yellow"


def _resource(event: StackEvent) -> str:
    return f"{event.logical_id} ({event.kind})"


def _endpoint_rows(summary: StackSummary) -> Iterator[Row]:
    model = summary.model
    if model.endpoint is not None:
        yield "Endpoint", _endpoint(model.endpoint), _style(model.endpoint.status)
        if model.endpoint.reason:
            yield "Endpoint", model.endpoint.reason, "red"
        yield from _scaling_rows(model)
    elif not model.endpoint_name:
        yield "Endpoint", "none: the model is called by its id on Amazon Bedrock, and charged for by use", ""
    elif model.is_paused:
        yield "Endpoint", "PAUSED: there is none, and none to be charged for", "yellow"
        yield "Endpoint", "deploy with --parameter ModelState=RUNNING to have it made again", "yellow"
        yield "Endpoint", "and with BudgetState=OPEN, where a budget has paused it", "yellow"
    elif summary.endpoint_is_gone:
        yield "Endpoint", f"GONE: there is no endpoint {model.endpoint_name}, so nothing generates", "bold red"
        yield "Endpoint", _advice(summary), "bold red"
    else:
        yield "Endpoint", "not known" if "endpoint" in summary.unknown else f"{model.endpoint_name}, {_NOT_YET}", ""


def _scaling_rows(model: ModelDescription) -> Iterator[Row]:
    if component := model.component:
        copies = f"{component.current} of {component.desired} copies, {component.status}"
        yield "Component", f"{component.name}, {copies}", _style(component.status)
        if component.reason:
            yield "Component", component.reason, "red"
    if model.scaling:
        least, most = model.scaling
        yield "Scaling", f"{least} to {most} {'copies' if model.component else 'instances'}: {_state(model)}", ""
    if model.backlog is not None:
        yield "Backlog", f"{model.backlog} requests wait or are at work", ""


def _state(model: ModelDescription) -> str:
    return {
        "asleep": "asleep; a request wakes it, which takes about ten minutes",
        "waking": "waking, which takes about ten minutes",
    }.get(model.state, model.state)


def _advice(summary: StackSummary) -> str:
    if summary.endpoint_is_own:
        return "somebody has deleted it: destroy the stack and deploy it again"
    return "deploy with the name of another endpoint as ExistingEndpointName"


def _endpoint(endpoint: EndpointDescription) -> str:
    instances = " and ".join(map(str, endpoint.instances)) or "no instances"
    return f"{endpoint.name}, {instances}, {endpoint.status}{_since(endpoint.since)}"


def _cost(summary: StackSummary) -> str:
    if summary.cost is None:
        return "not known"
    cost = summary.cost
    beside = "" if summary.endpoint_is_own else " The endpoint is not the stack's, and is charged for beside it."
    asleep = " What the model has cost when it was awake is not counted." if summary.model.state == "asleep" else ""
    unknown = f" Without {', '.join(cost.unknown)}: no price is known." if cost.unknown else ""
    return f"{_amounts(cost)} (list prices of {cost.month}; requests come on top).{asleep}{unknown}{beside}"


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
    model = summary.model
    if model.endpoint is not None:
        return model.state if model.state in {"asleep", "waking"} else model.endpoint.status
    if not model.endpoint_name:
        return "none needed"
    if model.is_paused:
        return model.state
    return "GONE" if summary.endpoint_is_gone else "not known" if "endpoint" in summary.unknown else _NOT_YET


def _style(status: str) -> str:
    if "FAIL" in status.upper() or "ROLLBACK" in status or status == "OutOfService":
        return "red"
    return "green" if status.endswith("COMPLETE") or status == "InService" else "yellow"


def _since(time: datetime) -> str:
    return f" since {time_text(time)} ({duration((datetime.now(UTC) - time).total_seconds())})"
