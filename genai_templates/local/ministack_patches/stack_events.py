"""Events of operations: ministack's ``DescribeEvents`` has those of validations alone.

docs/upstream/ministack/cloudformation-describe-events.md
"""

from __future__ import annotations

from typing import Any

from ministack.services import cloudformation
from ministack.services.cloudformation import handlers

_TAKEN = (
    "EventId",
    "StackId",
    "LogicalResourceId",
    "PhysicalResourceId",
    "ResourceType",
    "ResourceStatus",
    "ResourceStatusReason",
    "Timestamp",
)


def apply() -> None:
    """Have ``DescribeEvents`` return the events of the stack's operations, newest first, beside the validations."""
    describe = handlers._ACTION_HANDLERS["DescribeEvents"]

    def describe_with_progress(parameters: dict[str, Any]) -> Any:
        name = parameters.get("StackName", "")
        stack = handlers._resolve_stack(name[0] if isinstance(name, list) else name) if name else None
        if stack:
            validations = [each for each in stack.get("_operation_events", []) if each.get("ValidationName")]
            progress = [_progress_event(each) for each in cloudformation._stack_events.get(stack["StackId"], [])]
            stack["_operation_events"] = [*validations, *reversed(progress)]
        return describe(parameters)

    handlers._ACTION_HANDLERS["DescribeEvents"] = describe_with_progress


def _progress_event(event: dict[str, Any]) -> dict[str, Any]:
    failed = event["ResourceStatus"].endswith("FAILED")
    return {
        "EventType": "PROVISIONING_ERROR" if failed else "PROGRESS_EVENT",
        "OperationStatus": "FAILED" if failed else "",
        **{name: event[name] for name in _TAKEN if event.get(name)},
    }
