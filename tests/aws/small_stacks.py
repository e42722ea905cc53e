"""Stacks of a few resources, for commands that look at stacks, and the log events in them."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

from tests.aws.account import EmulatedAccount
from tests.waiting import until

LOG_GROUP = {"Type": "AWS::Logs::LogGroup"}
WAITING = {
    "Handle": {"Type": "AWS::CloudFormation::WaitConditionHandle"},
    "ModelReady": {
        "Type": "AWS::CloudFormation::WaitCondition",
        "Properties": {"Handle": {"Ref": "Handle"}, "Timeout": "600"},
    },
}
"""Resources with which a stack stays at work."""


def create_stack(
    account: EmulatedAccount,
    name: str,
    resources: Mapping[str, Any],
    *,
    status: str = "CREATE_COMPLETE",
    outputs: Mapping[str, str] | None = None,
    parameters: Mapping[str, str] | None = None,
    tags: Mapping[str, str] | None = None,
    description: str = "",
) -> None:
    """Create a stack, and wait until it has this status."""
    given = parameters or {}
    template = {
        "Description": description,
        "Resources": resources,
        "Parameters": {key: {"Type": "String"} for key in given},
        "Outputs": {key: {"Value": value} for key, value in (outputs or {}).items()},
    }
    account.client("cloudformation").create_stack(
        StackName=name,
        TemplateBody=json.dumps(template),
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in given.items()],
        Tags=[{"Key": key, "Value": value} for key, value in (tags or {}).items()],
    )
    until(lambda: True if account.stack_status(name) == status else None)


def log_group(account: EmulatedAccount, stack: str, logical_id: str) -> str:
    """Return the name of a log group of a stack."""
    resource = account.client("cloudformation").describe_stack_resource(StackName=stack, LogicalResourceId=logical_id)
    return str(resource["StackResourceDetail"]["PhysicalResourceId"])


def write(account: EmulatedAccount, group: str, *messages: object, seconds_ago: float = 1, stream: str = "s") -> None:
    """Write these messages into a log group at once; what is no text is written as JSON."""
    logs = account.client("logs")
    streams = logs.describe_log_streams(logGroupName=group)["logStreams"]
    if stream not in {each["logStreamName"] for each in streams}:
        logs.create_log_stream(logGroupName=group, logStreamName=stream)
    now = int((time.time() - seconds_ago) * 1000)
    texts = [message if isinstance(message, str) else json.dumps(message) for message in messages]
    events = [{"timestamp": now, "message": text} for text in texts]
    logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=events)
