"""Change sets: what CloudFormation would do, before it does it."""

from __future__ import annotations

import enum
import time
import uuid
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ..errors import StackFailed
from .account import Account
from .failures import classify, translated

_CAPABILITIES = ["CAPABILITY_IAM"]
_LOOK_AGAIN_SECONDS = 1.0
_TIMEOUT_SECONDS = 300.0
_HOLDS_DATA = {
    "AWS::S3::Bucket",
    "AWS::DynamoDB::Table",
    "AWS::SQS::Queue",
    "AWS::Logs::LogGroup",
    "AWS::KMS::Key",
    "AWS::Cognito::UserPool",
    "AWS::SageMaker::Endpoint",
}
_NOTHING_TO_DO = ("didn't contain changes", "No updates are to be performed")


class Effect(enum.Enum):
    """What a change does to a resource, the heavier first."""

    REPLACED = "replaced"
    PERHAPS_REPLACED = "perhaps replaced"
    REMOVED = "removed"
    KEPT = "left behind"
    ADDED = "added"
    CHANGED = "changed"


class Change(NamedTuple):
    """A change of a resource: its effect, and the properties that it comes from."""

    effect: Effect
    logical_id: str
    kind: str
    properties: tuple[str, ...]

    @property
    def loses_data(self) -> bool:
        """Whether the resource holds data that would be gone."""
        return self.kind in _HOLDS_DATA and self.effect in {Effect.REPLACED, Effect.PERHAPS_REPLACED, Effect.REMOVED}

    def to_dict(self) -> dict[str, Any]:
        """Return the change for a program to read."""
        return {**self._asdict(), "effect": self.effect.value, "loses_data": self.loses_data}


class ChangeSet(NamedTuple):
    """A change set that can be executed; ``stack_id`` is that of the stack, which it may have made."""

    id: str
    stack_id: str
    changes: list[Change]


class ChangeSetRequest(NamedTuple):
    """What a stack is to become: its template, parameters by name (None keeps a value), tags, and service role."""

    stack: str
    creates: bool
    template_url: str
    parameters: Mapping[str, str | None]
    tags: Mapping[str, str]
    role_arn: str = ""


def create_change_set(account: Account, request: ChangeSetRequest) -> ChangeSet:
    """Have CloudFormation work out the changes; there are none when all is so already.

    Raises StackFailed for a change set that cannot be made, with what the early validation found, and AwsError.
    """
    client = account.client("cloudformation")
    role = {"RoleARN": request.role_arn} if request.role_arn else {}
    with translated():
        created = client.create_change_set(
            StackName=request.stack,
            ChangeSetName=f"genai-templates-{uuid.uuid4().hex[:12]}",
            ChangeSetType="CREATE" if request.creates else "UPDATE",
            TemplateURL=request.template_url,
            Parameters=[_parameter(name, value) for name, value in request.parameters.items()],
            Tags=[{"Key": key, "Value": value} for key, value in request.tags.items()],
            Capabilities=_CAPABILITIES,
            **role,
        )
    change_set = ChangeSet(created["Id"], created["StackId"], [])
    try:
        with translated():
            found = _wait(client, created["Id"])
    except BaseException:  # an interrupt too
        discard(account, change_set, creates=request.creates)
        raise
    if found["Status"] == "FAILED":
        reason = found.get("StatusReason", "")
        problems = _problems(client, created["Id"])
        discard(account, change_set, creates=request.creates)
        if not problems and any(each in reason for each in _NOTHING_TO_DO):
            return change_set
        raise _failure(request.stack, [*problems, reason] if reason else problems)
    changes = [_change(each["ResourceChange"]) for each in found["Changes"] if "ResourceChange" in each]
    return change_set._replace(changes=sorted(changes, key=lambda each: (list(Effect).index(each.effect), each)))


def execute(account: Account, change_set: ChangeSet) -> None:
    """Begin the changes. Raises AwsError, for a change set that another deployment has overtaken too."""
    with translated():
        account.client("cloudformation").execute_change_set(ChangeSetName=change_set.id)


def discard(account: Account, change_set: ChangeSet, *, creates: bool) -> None:
    """Delete a change set that is not executed, and the empty stack which it has made."""
    client = account.client("cloudformation")
    with translated():
        client.delete_change_set(ChangeSetName=change_set.id)
        if creates:
            client.delete_stack(StackName=change_set.stack_id)


def _wait(client: Any, change_set_id: str) -> dict[str, Any]:
    """Return the change set, with the changes of all its pages, when it is made or has failed."""
    deadline = time.monotonic() + _TIMEOUT_SECONDS
    while True:
        pages = list(client.get_paginator("describe_change_set").paginate(ChangeSetName=change_set_id))
        found: dict[str, Any] = pages[0]
        if found["Status"] in {"CREATE_COMPLETE", "FAILED"}:
            return {**found, "Changes": [change for page in pages for change in page.get("Changes", [])]}
        if time.monotonic() > deadline:
            return {**found, "Status": "FAILED", "StatusReason": f"timed out after {_TIMEOUT_SECONDS:.0f} s"}
        time.sleep(_LOOK_AGAIN_SECONDS)


def _problems(client: Any, change_set_id: str) -> list[str]:
    """Return what early validation and hooks found wrong: the resource, the path, and the reason."""
    from botocore.exceptions import ClientError

    try:
        pages = client.get_paginator("describe_events").paginate(
            ChangeSetName=change_set_id, Filters={"FailedEvents": True}
        )
        events = [each for page in pages for each in page["OperationEvents"]]
    except ClientError:  # the change set's own reason is left
        return []
    return [
        " ".join(filter(None, (each.get("LogicalResourceId"), each.get("ValidationName"), path, reason)))
        for each in events
        if (reason := each.get("ValidationStatusReason") or each.get("HookStatusReason") or "")
        for path in [each.get("ValidationPath", "")]
    ]


def _failure(stack: str, reasons: Sequence[str]) -> StackFailed:
    failure = classify(" ".join(reasons))
    lines = [f"{failure.name}: {stack}: no change set could be made: {reasons[0]}", *reasons[1:], failure.advice]
    return StackFailed("\n  ".join(lines), failure.name)


def _parameter(name: str, value: str | None) -> dict[str, object]:
    if value is None:
        return {"ParameterKey": name, "UsePreviousValue": True}
    return {"ParameterKey": name, "ParameterValue": value}


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
