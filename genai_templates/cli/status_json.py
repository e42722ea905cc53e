"""How a stack is, as objects for programs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from ..aws.endpoints import EndpointDescription
from ..aws.status.stack_status import StackStatus
from ..aws.status.stack_summary import StackSummary


def summary_object(summary: StackSummary) -> dict[str, Any]:
    """Return a stack in brief."""
    stack, model, cost = summary.stack, summary.model, summary.cost
    return {
        "name": stack.name,
        "app": stack.app,
        "status": stack.status,
        "reason": stack.reason,
        "url": summary.url,
        "api_url": stack.outputs.get("ApiGatewayUrl", ""),
        "model": model.model_id,
        "model_state": model.state,
        "endpoint_name": model.endpoint_name,
        "endpoint": model.endpoint and _endpoint(model.endpoint),
        "component": model.component and model.component._asdict(),
        "scaling": model.scaling and dict(zip(("least", "most"), model.scaling, strict=True)),
        "backlog": model.backlog,
        "endpoint_is_own": summary.endpoint_is_own,
        "endpoint_is_gone": summary.endpoint_is_gone,
        "is_paused": model.is_paused,
        "cost": cost and {**cost._asdict(), "unknown": list(cost.unknown)},
        "unknown": summary.unknown,
    }


def _endpoint(endpoint: EndpointDescription) -> dict[str, Any]:
    return {
        "status": endpoint.status,
        "reason": endpoint.reason,
        "created": time_text(endpoint.created),
        "since": time_text(endpoint.since),
        "instance_type": ", ".join(each.instance_type for each in endpoint.instances),
        "instances": endpoint.current,
        "instances_by_type": [each._asdict() for each in endpoint.instances],
        "is_asynchronous": endpoint.is_asynchronous,
    }


def status_object(status: StackStatus) -> dict[str, Any]:
    """Return how a stack is."""
    return {
        **summary_object(status.summary),
        "since": time_text(status.since),
        "causes": [event.to_dict() for event in status.causes],
        "working_on": [event.to_dict() for event in status.working_on],
        "alarms": [{**alarm._asdict(), "since": time_text(alarm.since)} for alarm in status.alarms],
        "changes": [{**change._asdict(), "time": time_text(change.time)} for change in status.changes],
        "unknown": status.unknown,
    }


def time_text(time: datetime) -> str:
    """Return a time in UTC, to the second, such as ``2026-11-26T12:48:05Z``."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
