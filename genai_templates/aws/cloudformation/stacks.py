"""Stacks as CloudFormation describes them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from ...apps import APPS
from ...errors import AwsError
from ..account import Account
from ..failures import translated

STACK_PREFIX = "genai-"
APP_TAG = "genai-templates:app"
"""The tag by which a stack of ours is known; its value is the application's name."""
WORKING = "_IN_PROGRESS"
BUCKET_PARAMETER = "LambdaS3Bucket"
"""The parameter for the artifact bucket, which our templates have always had."""


@dataclass(frozen=True)
class StackDescription:
    """A stack that exists: its status, and what it was deployed with."""

    stack_id: str
    name: str
    status: str
    reason: str
    created: datetime
    updated: datetime | None
    role_arn: str
    parameters: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    description: str = ""

    @property
    def app(self) -> str:
        """The application's name: by the tag, or by the template's description for a stack of the console; or empty."""
        if APP_TAG in self.tags or not self.description:
            return self.tags.get(APP_TAG, "")
        # A stack of the console; its template may be an earlier version's, or describe more than ours does.
        beginnings = {app.name: app.load_stack().description.partition(":")[0] for app in APPS.values()}
        return next((name for name, beginning in beginnings.items() if self.description.startswith(beginning)), "")

    @property
    def is_at_work(self) -> bool:
        """Whether CloudFormation is creating, updating or deleting it now."""
        return self.status.endswith(WORKING) and self.status != "REVIEW_IN_PROGRESS"

    @property
    def exists(self) -> bool:
        """Whether it has been created: a change set alone makes a stack in review, which has nothing yet."""
        return self.status not in {"REVIEW_IN_PROGRESS", "DELETE_COMPLETE"}


class StackResource(NamedTuple):
    """A resource of a stack."""

    logical_id: str
    physical_id: str
    kind: str
    status: str
    reason: str


def stack_name(name: str) -> str:
    """Return the name of the stack that is meant: an application's name means its stack, any other itself."""
    return f"{STACK_PREFIX}{name}" if name in APPS else name


def find_stack(account: Account, name: str) -> StackDescription | None:
    """Return the stack of this name or id, or None; raises AwsError. A deleted one is found by its id alone."""
    from botocore.exceptions import ClientError

    client = account.client("cloudformation")
    with translated():
        try:
            found = client.describe_stacks(StackName=name)["Stacks"]
        except ClientError as error:
            if "does not exist" in str(error):
                return None
            raise
    return _description(found[0]) if found else None


def check_is_ours(stack: StackDescription, app: str = "") -> None:
    """Raise AwsError for a stack that none of our templates made, or one of another application than this."""
    if not stack.app and BUCKET_PARAMETER not in stack.parameters:
        raise AwsError(
            f"name taken: {stack.name} is not a stack of genai-templates\n"
            f"  it has another template, and is left alone: choose another name, or give it the tag {APP_TAG} first",
            "name taken",
        )
    if app and stack.app not in {app, ""}:
        raise AwsError(
            f"name taken: {stack.name} is a stack of the application {stack.app}, not {app}\n"
            "  choose another --stack-name",
            "name taken",
        )


def require_stack(account: Account, name: str) -> StackDescription:
    """Return the stack that is meant by the name of an application or a stack; raises AwsError when there is none."""
    stack = find_stack(account, stack_name(name))
    if stack is None or not stack.exists:
        raise AwsError(
            f"there is no stack {stack_name(name)} in {account.region}\n  'genai-templates status' lists those that "
            "are there, 'genai-templates deploy' makes one, and --region chooses another region",
            "no stack",
        )
    return stack


def list_stacks(account: Account) -> list[StackDescription]:
    """Return every stack of the region that is not deleted, with whatever name."""
    with translated():
        pages = account.client("cloudformation").get_paginator("describe_stacks").paginate()
        return [_description(each) for page in pages for each in page["Stacks"]]


def list_resources(account: Account, stack: str) -> list[StackResource]:
    """Return the resources of a stack, by its name or id, without those that were never made or are deleted."""
    with translated():
        pages = account.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=stack)
        found = [each for page in pages for each in page["StackResourceSummaries"]]
    return [
        StackResource(
            each["LogicalResourceId"],
            each["PhysicalResourceId"],
            each["ResourceType"],
            each["ResourceStatus"],
            each.get("ResourceStatusReason", ""),
        )
        for each in found
        if each.get("PhysicalResourceId") and each["ResourceStatus"] != "DELETE_COMPLETE"
    ]


def _description(found: Any) -> StackDescription:
    return StackDescription(
        stack_id=found["StackId"],
        name=found["StackName"],
        status=found["StackStatus"],
        reason=found.get("StackStatusReason", ""),
        created=found["CreationTime"],
        updated=found.get("LastUpdatedTime"),
        role_arn=found.get("RoleARN", ""),
        # A parameter with NoEcho shows asterisks; it is kept by UsePreviousValue like all others.
        parameters={each["ParameterKey"]: each.get("ParameterValue", "") for each in found.get("Parameters", [])},
        outputs={each["OutputKey"]: each["OutputValue"] for each in found.get("Outputs", [])},
        tags={each["Key"]: each["Value"] for each in found.get("Tags", [])},
        description=found.get("Description", ""),
    )
