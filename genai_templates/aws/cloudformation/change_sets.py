"""Change sets: what CloudFormation would do, before it does it."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple

from ...errors import AwsError, StackFailed
from ..account import Account
from ..failures import classify, translated
from .changes import Change, Effect

_CAPABILITIES = ["CAPABILITY_IAM"]
_LOOK_AGAIN_SECONDS = 0.5
_TIMEOUT_SECONDS = 300.0
_NOTHING_TO_DO = ("didn't contain changes", "No updates are to be performed")


class ChangeSet(NamedTuple):
    """A change set that can be executed; ``stack_id`` is that of the stack, which it may have made."""

    id: str
    stack_id: str
    changes: list[Change]

    @property
    def named(self) -> dict[str, str]:
        """What names it in a call: with its stack, on whose ARN IAM then decides. By itself its own ARN may count."""
        return {"ChangeSetName": self.id, "StackName": self.stack_id}


class ChangeSetRequest(NamedTuple):
    """What a stack is to become: its template, parameters by name (None keeps a value), tags, and service role.

    ``timeout_seconds`` is how long CloudFormation may take to work out the changes.
    """

    stack: str
    creates: bool
    template_url: str
    parameters: Mapping[str, str | None]
    tags: Mapping[str, str]
    role_arn: str = ""
    timeout_seconds: float = _TIMEOUT_SECONDS


def create_change_set(account: Account, request: ChangeSetRequest) -> ChangeSet:
    """Have CloudFormation work out the changes; there are none when all is so already.

    Nothing is left behind by a failure or an interrupt. Raises StackFailed for a change set that cannot be made, with
    what the early validation found, and AwsError.
    """
    client = account.client("cloudformation")
    name = f"genai-templates-{uuid.uuid4().hex[:12]}"
    try:
        change_set = _create(client, name, request)
    except BaseException:  # an interrupt too: the change set may be there, although its creator does not know it
        with suppress(AwsError):
            if (made := _find(client, name, request.stack)) is not None:
                discard(account, made, creates=request.creates)
        raise
    with discarding(account, change_set, creates=request.creates):
        with translated():
            found = _wait(client, change_set, request.timeout_seconds)
        if found["Status"] != "FAILED":
            return change_set._replace(changes=_changes(found))
        reason = found.get("StatusReason", "")
        problems = _problems(client, change_set)
        if problems or not any(each in reason for each in _NOTHING_TO_DO):
            raise _failure(request.stack, [*problems, reason] if reason else problems)
    discard(account, change_set, creates=request.creates)
    return change_set


def execute(account: Account, change_set: ChangeSet) -> None:
    """Begin the changes. Raises AwsError, for a change set that another deployment has overtaken too.

    A response that was lost is no failure when CloudFormation has begun.
    """
    client = account.client("cloudformation")
    try:
        with translated():
            client.execute_change_set(**change_set.named)
    except AwsError:
        if not has_begun(account, change_set):
            raise


def has_begun(account: Account, change_set: ChangeSet) -> bool:
    """Return whether the change set is executed, as far as can be seen."""
    with suppress(AwsError), translated():
        found = account.client("cloudformation").describe_change_set(**change_set.named)
        return str(found.get("ExecutionStatus", "")).startswith("EXECUTE_")
    return False


def discard(account: Account, change_set: ChangeSet, *, creates: bool) -> None:
    """Delete a change set that is not executed, and the empty stack which it has made, unless others use that.

    Raises AwsError.
    """
    client = account.client("cloudformation")
    with translated():
        _delete(client, change_set)
        if creates and _is_unused(client, change_set.stack_id):
            client.delete_stack(StackName=change_set.stack_id)


@contextmanager
def discarding(account: Account, change_set: ChangeSet, *, creates: bool) -> Iterator[None]:
    """Discard the change set when what is inside fails or is interrupted; when that fails too, the error says so."""
    try:
        yield
    except BaseException as error:
        try:
            if not has_begun(account, change_set):
                discard(account, change_set, creates=creates)
        except (AwsError, KeyboardInterrupt) as second:
            left = f"a change set is left, which does nothing: {change_set.id} ({str(second).partition(chr(10))[0]})"
            error.args = (f"{str(error) or 'interrupted'}\n  {left}",)
        raise


def _create(client: Any, name: str, request: ChangeSetRequest) -> ChangeSet:
    from botocore.exceptions import ClientError

    role = {"RoleARN": request.role_arn} if request.role_arn else {}
    with translated():
        try:
            created = client.create_change_set(
                StackName=request.stack,
                ChangeSetName=name,
                ChangeSetType="CREATE" if request.creates else "UPDATE",
                TemplateURL=request.template_url,
                Parameters=[_parameter(name, value) for name, value in request.parameters.items()],
                Tags=[{"Key": key, "Value": value} for key, value in request.tags.items()],
                Capabilities=_CAPABILITIES,
                **role,
            )
        except ClientError as error:
            made = _find(client, name, request.stack) if "AlreadyExists" in error.response["Error"]["Code"] else None
            if made is None:
                raise
            return made  # by a try whose response was lost
    return ChangeSet(created["Id"], created["StackId"], [])


def _find(client: Any, name: str, stack: str) -> ChangeSet | None:
    """Return the change set of this name, if there is one; raises AwsError where that cannot be seen."""
    from botocore.exceptions import ClientError

    with translated():
        try:
            found = client.describe_change_set(ChangeSetName=name, StackName=stack)
        except ClientError as error:
            if "NotFound" in error.response["Error"]["Code"] or "does not exist" in str(error):
                return None
            raise
    return ChangeSet(found["ChangeSetId"], found["StackId"], [])


def _delete(client: Any, change_set: ChangeSet) -> None:
    """Delete a change set; one that is being made still cannot be deleted before it is made."""
    from botocore.exceptions import ClientError

    try:
        client.delete_change_set(**change_set.named)
    except ClientError as error:
        if "InvalidChangeSetStatus" not in error.response["Error"]["Code"]:
            raise
        _wait(client, change_set)
        client.delete_change_set(**change_set.named)


def _is_unused(client: Any, stack_id: str) -> bool:
    """Return whether a stack is nothing but a name: another deployment may have begun on it, or be about to."""
    from botocore.exceptions import ClientError

    try:
        (stack,) = client.describe_stacks(StackName=stack_id)["Stacks"]
    except ClientError as error:
        if "does not exist" in str(error):
            return False
        raise
    is_new = stack["StackStatus"] == "REVIEW_IN_PROGRESS"
    return is_new and not client.list_change_sets(StackName=stack["StackName"])["Summaries"]


def _wait(client: Any, change_set: ChangeSet, timeout_seconds: float = _TIMEOUT_SECONDS) -> dict[str, Any]:
    """Return the change set, with the changes of all its pages, when it is made or has failed."""
    deadline = time.monotonic() + timeout_seconds
    while True:
        pages = list(client.get_paginator("describe_change_set").paginate(**change_set.named))
        found: dict[str, Any] = pages[0]
        if found["Status"] in {"CREATE_COMPLETE", "FAILED"}:
            return {**found, "Changes": [change for page in pages for change in page.get("Changes", [])]}
        if time.monotonic() > deadline:
            return {**found, "Status": "FAILED", "StatusReason": f"timed out after {timeout_seconds:.0f} s"}
        time.sleep(_LOOK_AGAIN_SECONDS)


def _problems(client: Any, change_set: ChangeSet) -> list[str]:
    """Return what early validation and hooks found wrong: the resource, the path, and the reason."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        read = client.get_paginator("describe_events").paginate
        pages = read(ChangeSetName=change_set.id, Filters={"FailedEvents": True})
        events = [each for page in pages for each in page["OperationEvents"]]
    except (ClientError, BotoCoreError):  # the change set's own reason is left
        return []
    return [
        " ".join(filter(None, (each.get("LogicalResourceId"), each.get("ValidationName"), path, reason)))
        for each in events
        if "WARN" not in (each.get("ValidationFailureMode"), each.get("HookFailureMode"))
        if (reason := each.get("ValidationStatusReason") or each.get("HookStatusReason") or "")
        for path in [each.get("ValidationPath", "")]
    ]


def _failure(stack: str, reasons: Sequence[str]) -> StackFailed:
    failure = classify(" ".join(reasons))
    lines = [f"{failure.name}: {stack}: no change set could be made", *reasons, failure.advice]
    return StackFailed("\n  ".join(lines), failure.name)


def _parameter(name: str, value: str | None) -> dict[str, object]:
    if value is None:
        return {"ParameterKey": name, "UsePreviousValue": True}
    return {"ParameterKey": name, "ParameterValue": value}


def _changes(found: Mapping[str, Any]) -> list[Change]:
    """Return the changes of a change set, the heavier first."""
    changes = [_change(each["ResourceChange"]) for each in found["Changes"] if "ResourceChange" in each]
    return sorted(changes, key=lambda each: (list(Effect).index(each.effect), each))


def _change(found: Mapping[str, Any]) -> Change:
    targets = [detail.get("Target", {}) for detail in found.get("Details", [])]
    properties = {target.get("Name") or target.get("Attribute", "") for target in targets}
    return Change(
        _effect(found), found["LogicalResourceId"], found["ResourceType"], tuple(sorted(filter(None, properties)))
    )


def _effect(found: Mapping[str, Any]) -> Effect:
    if found["Action"] == "Remove":
        return Effect.KEPT if found.get("PolicyAction") == "Retain" else Effect.REMOVED
    if found["Action"] == "Modify":
        replacement = {"True": Effect.REPLACED, "Conditional": Effect.PERHAPS_REPLACED}
        return replacement.get(found.get("Replacement", ""), Effect.CHANGED)
    return Effect.ADDED if found["Action"] in {"Add", "Import"} else Effect.CHANGED
