"""Budgets of a stack: what is reported, to whom, and that a topic has to allow it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from genai_templates.local import EmulatedStack, EmulatedStackFailed, Emulator

SOURCE = {"ArnLike": {"aws:SourceArn": {"Fn::Sub": "arn:aws:budgets::${AWS::AccountId}:*"}}}


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with Emulator() as running:
        yield running


def template(amount: object = 100, principal: str = "budgets.amazonaws.com", **budget: Any) -> str:
    """Return a template with a budget that reports to a topic, whose policy lets a service publish."""
    topic = {"Ref": "Topic"}
    allow = {"Effect": "Allow", "Principal": {"Service": principal}, "Action": "sns:Publish", "Resource": topic}
    deny = {"Effect": "Deny", "Principal": "*", "Action": "sns:Publish", "Resource": topic}
    statements = [{**allow, "Condition": SOURCE}, {**deny, "Condition": {"Bool": {"aws:SecureTransport": False}}}]
    notification = {"ComparisonOperator": "GREATER_THAN", "NotificationType": "ACTUAL", "Threshold": 50}
    properties = {
        "Budget": {
            "BudgetLimit": {"Amount": amount, "Unit": "USD"},
            "BudgetType": "COST",
            "TimeUnit": "MONTHLY",
            **budget,
        },
        "NotificationsWithSubscribers": [
            {"Notification": notification, "Subscribers": [{"Address": topic, "SubscriptionType": "SNS"}]}
        ],
    }
    policy = {"Topics": [topic], "PolicyDocument": {"Version": "2012-10-17", "Statement": statements}}
    return json.dumps(
        {
            "Resources": {
                "Topic": {"Type": "AWS::SNS::Topic"},
                "Policy": {"Type": "AWS::SNS::TopicPolicy", "Properties": policy},
                "Budget": {"Type": "AWS::Budgets::Budget", "Properties": properties},
            }
        }
    )


def test_what_passes_a_threshold_is_reported_once(emulator: Emulator) -> None:
    with EmulatedStack(template(), "once", emulator=emulator) as stack:
        assert emulator.set_month_costs(50) == []
        assert emulator.set_month_costs(51) == [stack.resources["Topic"]]
        assert emulator.set_month_costs(52) == []


def test_a_topic_that_does_not_let_the_service_gets_nothing(emulator: Emulator) -> None:
    with EmulatedStack(template(principal="s3.amazonaws.com"), "closed", emulator=emulator):
        assert emulator.set_month_costs(1000) == []


def test_another_limit_changes_the_budget_and_its_deletion_ends_it(emulator: Emulator) -> None:
    with EmulatedStack(template(), "changed", emulator=emulator) as stack:
        name = stack.resources["Budget"]
        stack.update(template(amount=7.5))
        assert stack.resources["Budget"] == name
        found = stack.client("budgets").describe_budget(AccountId="0" * 12, BudgetName=name)["Budget"]
        assert float(found["BudgetLimit"]["Amount"]) == 7.5
    assert emulator.client("budgets").describe_budgets(AccountId="0" * 12).get("Budgets", []) == []


def test_what_the_api_does_not_take_is_refused(emulator: Emulator) -> None:
    stack = EmulatedStack(template(TimeUnit="FORTNIGHTLY"), "refused", emulator=emulator)
    with pytest.raises(EmulatedStackFailed, match="must be one of DAILY"):
        stack.create()
    stack.delete()
