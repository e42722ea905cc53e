"""The ways out of a state in which CloudFormation refuses every deployment."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from ...errors import StackFailed
from ..account import Account
from ..failures import classify, translated
from .events import EventReader, first_causes, last_operation
from .stacks import StackDescription, list_resources

_DELETE_ONLY = {"ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED"}
_NOT_DELETED = {"DELETE_FAILED", "ROLLBACK_FAILED"}
_STUCK = "UPDATE_ROLLBACK_FAILED"


class WayOut(NamedTuple):
    """What a stack is stuck in and why, and what would help: ``deletes`` tells deletion from a continued roll-back."""

    status: str
    explanation: str
    offer: str
    deletes: bool

    def refused(self) -> StackFailed:
        """Return the error for a person who does not want it, or only wanted to see a plan."""
        failure = classify(self.status)
        return StackFailed(
            f"{failure.name}: {self.explanation}\n  nothing was changed; {failure.advice}",
            failure.name,
            status=self.status,
        )


def find_way_out(account: Account, stack: StackDescription) -> WayOut | None:
    """Return the way out for a stack that can be neither updated nor created, or None. Raises AwsError."""
    if stack.status in _DELETE_ONLY:
        explanation = f"{stack.name} is {stack.status}: it can only be deleted"
        offer = f"Delete {stack.name} and create it anew?"
    elif stack.status == _STUCK:
        explanation = f"{stack.name} is {stack.status}: an update failed, and so did the way back"
        offer = f"Continue the roll-back of {stack.name}?"
    else:
        return None
    cause = _cause(account, stack)
    # What kept a resource from being deleted keeps it from that again, unless one knows what to do.
    advice = classify(cause).advice if cause and stack.status in _NOT_DELETED else ""
    return WayOut(stack.status, "\n  ".join(filter(None, (explanation, cause, advice))), offer, stack.status != _STUCK)


def continue_rollback(account: Account, stack: StackDescription, skipped: Sequence[str]) -> None:
    """Have CloudFormation go on with the roll-back, without these resources. Raises AwsError."""
    skip = {"ResourcesToSkip": list(skipped)} if skipped else {}
    with translated():
        account.client("cloudformation").continue_update_rollback(StackName=stack.stack_id, **skip)


def failed_resources(account: Account, stack: StackDescription) -> list[str]:
    """Return the logical ids of the resources whose roll-back failed, which can be skipped. Raises AwsError."""
    named = re.search(r"failed to \w+: \[([^]]+)\]", stack.reason)
    found = [each.logical_id for each in list_resources(account, stack.stack_id) if each.status == "UPDATE_FAILED"]
    return list(dict.fromkeys([*found, *(re.split(r",\s*", named[1]) if named else [])]))


def _cause(account: Account, stack: StackDescription) -> str:
    causes = first_causes(last_operation(EventReader(account, stack.stack_id).new_events()))
    if not causes:
        causes = first_causes(last_operation(EventReader(account, stack.stack_id, validations=True).new_events()))
    # A stack that was rolled back failed at the first cause; a roll-back that failed did so at the last.
    found = causes[-1:] if stack.status in {_STUCK, "ROLLBACK_FAILED", "DELETE_FAILED"} else causes[:1]
    return " ".join(map(str, found))
