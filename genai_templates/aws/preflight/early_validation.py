"""CloudFormation's early validation: a change set is made, read and discarded.

It needs the artifact bucket, because the templates are larger than a request takes (51,200 bytes). Without the bucket
nothing is looked at, for the checks make nothing that lasts.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ...errors import AwsError, StackFailed
from ..artifacts.bucket import bucket_exists, bucket_name
from ..artifacts.publish import publish_template
from ..cloudformation.change_sets import ChangeSet, ChangeSetRequest, create_change_set, discard
from ..cloudformation.stacks import BUCKET_PARAMETER
from ..failures import translated
from .check import Check, Verdict, from_error
from .logging_role import PARAMETER, logging_role_value
from .surroundings import Surroundings

_NAME = "early validation"
# Less than three times the deadline of a check, so that a change set that takes longer is discarded before.
_TIMEOUT_SECONDS = 25.0
_REFUSALS = {"invalid parameter", "invalid template", "role cannot be used"}


def check_early_validation(surroundings: Surroundings) -> list[Check]:
    """Return what CloudFormation finds wrong with the template and its parameters before it makes anything."""
    account = surroundings.account
    bucket = surroundings.bucket or bucket_name(account)
    if not bucket_exists(account, bucket):
        advice = "'genai-templates deploy' makes the bucket, and has the change set validated"
        return [Check(_NAME, Verdict.UNKNOWN, f"there is no bucket {bucket} yet", advice)]
    stack = surroundings.stack
    if stack and stack.is_at_work:
        return [Check(_NAME, Verdict.UNKNOWN, f"{stack.name} is at work", "repeat the command when it is done")]
    creates = stack is None or not stack.exists
    template = json.dumps(surroundings.template, separators=(",", ":"), sort_keys=True).encode()
    request = ChangeSetRequest(
        stack=surroundings.stack_name,
        creates=creates,
        template_url=publish_template(account, bucket, template),
        parameters=_parameters(surroundings, bucket),
        tags=stack.tags if stack else {},
        role_arn=stack.role_arn if stack else "",
        timeout_seconds=_TIMEOUT_SECONDS,
    )
    return _validate(surroundings, request)


def _validate(surroundings: Surroundings, request: ChangeSetRequest) -> list[Check]:
    try:
        made = create_change_set(surroundings.account, request)
    except StackFailed as error:
        finding, *others = str(error).split("\n  ")
        if error.failure == "time-out":  # of CloudFormation, and nothing is wrong with the template
            return [Check(_NAME, Verdict.UNKNOWN, "; ".join([finding, *others[:-1]]), "repeat the command")]
        return [Check(_NAME, Verdict.FAILS, "; ".join([finding, *others[:-1]]), others[-1])]
    except AwsError as error:
        check = from_error(_NAME, error)
        return [check._replace(verdict=Verdict.FAILS) if error.failure in _REFUSALS else check]
    if not made.changes:  # it is discarded already
        return [Check(_NAME, Verdict.OK, "the stack is so already")]
    try:
        warnings = _warnings(surroundings, made)
    finally:
        discard(surroundings.account, made, creates=request.creates)
    if warnings:
        return [Check(_NAME, Verdict.WARNING, each, "it does not stop a deployment") for each in warnings]
    return [Check(_NAME, Verdict.OK, f"{len(made.changes)} changes, nothing is wrong with them")]


def _warnings(surroundings: Surroundings, made: ChangeSet) -> list[str]:
    pages = surroundings.account.client("cloudformation").get_paginator("describe_events")
    with translated():
        events = [
            each
            for page in pages.paginate(ChangeSetName=made.id, Filters={"FailedEvents": True})
            for each in page["OperationEvents"]
        ]
    return [_words(each) for each in events if each.get("EventType") == "VALIDATION_ERROR"]


def _words(event: Mapping[str, Any]) -> str:
    place = event.get("ValidationPath") or event.get("LogicalResourceId", "")
    return f"{event.get('ValidationName', '')} at {place}: {event.get('ValidationStatusReason', '')}"


def _parameters(surroundings: Surroundings, bucket: str) -> dict[str, str | None]:
    """Return the parameters as a deployment fills them in; None keeps the stack's value."""
    declared = surroundings.template.get("Parameters", {})
    values: dict[str, str | None] = {BUCKET_PARAMETER: bucket, PARAMETER: logging_role_value(surroundings)}
    if stack := surroundings.deployed:
        values |= dict.fromkeys(stack.parameters)
    values |= surroundings.parameters
    return {name: value for name, value in values.items() if name in declared}
