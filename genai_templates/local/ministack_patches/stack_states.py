"""States in which a stack cannot be changed, where ministack changes it all the same: at work, or rolled back.

docs/upstream/ministack/cloudformation-stack-states.md
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ministack.services.cloudformation import changesets, handlers, helpers

from ..invoke_endpoint import HttpResponse

Handler = Callable[[dict[str, Any]], Any]

_UPDATABLE = {
    "CREATE_COMPLETE",
    "CREATE_FAILED",
    "IMPORT_COMPLETE",
    "IMPORT_ROLLBACK_COMPLETE",
    "UPDATE_COMPLETE",
    "UPDATE_FAILED",
    "UPDATE_ROLLBACK_COMPLETE",
}
_CREATABLE = {"DELETE_COMPLETE", "REVIEW_IN_PROGRESS"}
_GONE = "DELETE_COMPLETE"


def apply() -> None:
    """Have the operations that change a stack look at its state first."""
    for operation, refusal in _REFUSALS.items():
        handlers._ACTION_HANDLERS[operation] = _checked(handlers._ACTION_HANDLERS[operation], refusal)


def _checked(handle: Handler, refusal: Callable[[dict[str, Any]], HttpResponse | None]) -> Handler:
    def handle_checked(parameters: dict[str, Any]) -> Any:
        return refusal(parameters) or handle(parameters)

    return handle_checked


def _given(parameters: dict[str, Any], name: str) -> str:
    value = parameters.get(name, "")
    return str(value[0] if isinstance(value, list) else value)


def _stack(name: str) -> Any:
    found = handlers._resolve_stack(name) if name else None
    return None if found is None or found["StackStatus"] == _GONE else found


def _refuse_creation(parameters: dict[str, Any]) -> HttpResponse | None:
    name = _given(parameters, "StackName")
    stack = _stack(name)
    if stack and stack["StackStatus"] not in _CREATABLE:
        return _error("AlreadyExistsException", f"Stack [{name}] already exists")
    return None


def _refuse_update(parameters: dict[str, Any]) -> HttpResponse | None:
    return _refuse_unless(_stack(_given(parameters, "StackName")), _UPDATABLE)


def _refuse_change_set(parameters: dict[str, Any]) -> HttpResponse | None:
    kind = _given(parameters, "ChangeSetType") or "UPDATE"
    checks = {"CREATE": _refuse_creation, "UPDATE": _refuse_update}
    return checks[kind](parameters) if kind in checks else None


def _refuse_execution(parameters: dict[str, Any]) -> HttpResponse | None:
    name, stack = _given(parameters, "ChangeSetName"), _given(parameters, "StackName")
    _, change_set = changesets._find_change_set(name, stack)
    return _refuse_unless(_stack(change_set["StackName"]) if change_set else None, _UPDATABLE | _CREATABLE)


def _refuse_unless(stack: Any, states: set[str]) -> HttpResponse | None:
    if stack is None or stack["StackStatus"] in states:
        return None
    message = f"Stack:{stack['StackId']} is in {stack['StackStatus']} state and can not be updated."
    return _error("ValidationError", message)


def _error(code: str, message: str) -> HttpResponse:
    refused: HttpResponse = helpers._error(code, message)
    return refused


_REFUSALS = {
    "CreateChangeSet": _refuse_change_set,
    "CreateStack": _refuse_creation,
    "ExecuteChangeSet": _refuse_execution,
    "UpdateStack": _refuse_update,
}
