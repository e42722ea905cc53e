"""The stack as it is now, and what that means for a deployment."""

from __future__ import annotations

from ..cloudformation.stacks import APP_TAG, StackDescription
from .check import Check, Verdict
from .surroundings import Surroundings

_NAME = "stack"
_STUCK = {"ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "UPDATE_ROLLBACK_FAILED"}


def check_stack(surroundings: Surroundings) -> list[Check]:
    """Return the stack's status, and the way out of one that stands in the way of a deployment."""
    stack = surroundings.stack
    if stack is None or not stack.exists:
        return [Check(_NAME, Verdict.OK, f"{surroundings.stack_name} does not exist yet")]
    finding = f"{stack.name} is {stack.status}"
    if stack.is_at_work:
        advice = "'genai-templates deploy' joins it; 'genai-templates status' shows how far it is"
        return [Check(_NAME, Verdict.WARNING, finding, advice)]
    return [_check_settled(stack, finding)]


def _check_settled(stack: StackDescription, finding: str) -> Check:
    if stack.status == "DELETE_FAILED":
        advice = f"finish it first: 'genai-templates destroy {stack.name}'"
        return Check(_NAME, Verdict.FAILS, f"{finding}: {stack.reason}".rstrip(": "), advice)
    if stack.status in _STUCK:
        advice = "'genai-templates deploy' explains why, and offers the way out"
        return Check(_NAME, Verdict.WARNING, finding, advice)
    if APP_TAG not in stack.tags:
        advice = "a deployment would replace what it is made of: choose another --stack-name if it is not yours"
        return Check(_NAME, Verdict.WARNING, f"{finding}, without the tag {APP_TAG}", advice)
    return Check(_NAME, Verdict.OK, finding)
