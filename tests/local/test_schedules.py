"""Schedules of a stack: what EventBridge Scheduler refuses, and the call that one makes under its role."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from genai_templates.local import EmulatedStack, EmulatedStackFailed, Emulator

UPDATE = "arn:aws:scheduler:::aws-sdk:cloudformation:updateStack"
TRUST = {"Effect": "Allow", "Principal": {"Service": "scheduler.amazonaws.com"}, "Action": "sts:AssumeRole"}
OWN_STACK = {"Effect": "Allow", "Action": "cloudformation:UpdateStack", "Resource": {"Ref": "AWS::StackId"}}
QUEUES = {"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}
WITHOUT_QUEUE = {
    "StackName": "${AWS::StackId}",
    "UsePreviousTemplate": True,
    "Parameters": [{"ParameterKey": "Wanted", "ParameterValue": "no"}],
    "Capabilities": ["CAPABILITY_IAM"],
}


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with Emulator() as running:
        yield running


def template(
    *grants: dict[str, Any], trust: dict[str, Any] = TRUST, target: dict[str, Any] | None = None, **more: Any
) -> str:
    """Return a template with a queue that a parameter decides about, and a schedule."""
    policy = {"PolicyName": "Own", "PolicyDocument": {"Version": "2012-10-17", "Statement": list(grants)}}
    role = {
        "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
        "Policies": [policy] if grants else [],
    }
    schedule = {
        "ScheduleExpression": "cron(0 18 ? * MON-FRI 2199)",
        "ScheduleExpressionTimezone": "Europe/Berlin",
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "Target": {
            "Arn": UPDATE,
            "RoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
            "Input": {"Fn::Sub": json.dumps(WITHOUT_QUEUE)},
            **(target or {}),
        },
        **more,
    }
    return json.dumps(
        {
            "Parameters": {"Wanted": {"Type": "String", "Default": "yes"}},
            "Conditions": {"IsWanted": {"Fn::Equals": [{"Ref": "Wanted"}, "yes"]}},
            "Resources": {
                "Queue": {"Type": "AWS::SQS::Queue", "Condition": "IsWanted"},
                "Role": {"Type": "AWS::IAM::Role", "Properties": role},
                "Schedule": {"Type": "AWS::Scheduler::Schedule", "Properties": schedule},
            },
        }
    )


@pytest.mark.parametrize(
    ("properties", "reason"),
    [
        ({"ScheduleExpression": "every morning"}, "Invalid Schedule Expression"),
        ({"ScheduleExpression": "cron(0 18 * * MON-FRI *)"}, "Invalid Schedule Expression"),
        ({"ScheduleExpressionTimezone": "Europe/Nowhere"}, "timezone"),
        ({"target": {"Arn": UPDATE.replace("updateStack", "improveStack")}}, "no such operation"),
        ({"target": {"Arn": UPDATE.replace("updateStack", "UpdateStack")}}, "not a supported target"),
        ({"target": {"Input": "not JSON"}}, "not JSON"),
        ({"trust": {**TRUST, "Principal": {"Service": "lambda.amazonaws.com"}}}, "to assume the role"),
        ({"trust": {**TRUST, "Condition": {"StringEquals": {"aws:SourceAccount": "1"}}}}, "to assume the role"),
    ],
)
def test_what_scheduler_would_not_take_fails_the_stack(
    emulator: Emulator, properties: dict[str, Any], reason: str
) -> None:
    with pytest.raises(EmulatedStackFailed, match=reason):
        EmulatedStack(template(OWN_STACK, **properties), "refused", emulator=emulator).create()
    emulator.client("cloudformation").delete_stack(StackName="refused")


def test_a_schedule_updates_its_stack_under_its_role(emulator: Emulator) -> None:
    with EmulatedStack(template(OWN_STACK, QUEUES), "clock", emulator=emulator) as stack:
        stack.run_schedule("Schedule")
        assert "Queue" not in stack.resources
        calls = {call.action: call.function for call in stack.permissions().calls}
        assert calls["cloudformation:UpdateStack"] == calls["sqs:DeleteQueue"] == "Schedule"
        with pytest.raises(EmulatedStackFailed, match="No updates are to be performed"):
            stack.run_schedule("Schedule")


def test_a_role_that_may_not_update_the_stack_changes_nothing(emulator: Emulator) -> None:
    with EmulatedStack(template(QUEUES), "clock-1", emulator=emulator) as stack:
        with pytest.raises(EmulatedStackFailed, match="cloudformation:UpdateStack"):
            stack.run_schedule("Schedule")
        assert "Queue" in stack.resources


def test_cloudformation_may_do_no_more_than_the_role(emulator: Emulator) -> None:
    with EmulatedStack(template(OWN_STACK), "clock-2", emulator=emulator) as stack:
        stack.run_schedule("Schedule")  # the update is complete before CloudFormation deletes what went
        refused = {call.action for call in stack.permissions().refused}
        assert refused
        assert all(action.startswith("sqs:") for action in refused)
