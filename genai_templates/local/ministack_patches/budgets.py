"""AWS Budgets that report: ministack keeps budgets and notifications, and knows no costs.

docs/upstream/ministack/budgets.md
The costs of the month are what the emulator is told. A notification whose threshold they pass is published once to its
topic, as the service that it is: the topic's policy has to allow it. Forecasts are not played, nor is e-mail.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ministack.core.iam_evaluator import EvalContext, evaluate_resource_policy
from ministack.core.responses import get_account_id
from ministack.services import budgets, sns

from .control import add_control_route
from .service_calls import call_operation

_SERVICE = "budgets.amazonaws.com"
_TARGET = "AWSBudgetServiceGateway"


def apply() -> None:
    """Let whoever drives the emulator say what the month has cost."""
    add_control_route("PUT", "budgets/costs", _report)


def call_budgets(operation: str, parameters: Mapping[str, object]) -> Any:
    """Return the result of an operation; raises ValueError."""
    return call_operation(budgets, _TARGET, operation, parameters)


def _report(usd: float) -> list[str]:
    """Publish what these costs lead to; return the topics that took it."""
    account = {"AccountId": get_account_id()}
    described = call_budgets("DescribeBudgets", account).get("Budgets", [])
    return [topic for budget in described for topic in _publish(budget, usd, account)]


def _publish(budget: Mapping[str, Any], usd: float, account: Mapping[str, str]) -> Iterator[str]:
    name, limit = {**account, "BudgetName": budget["BudgetName"]}, float(budget["BudgetLimit"]["Amount"])
    for notification in call_budgets("DescribeNotificationsForBudget", name)["Notifications"]:
        passed = notification["NotificationType"] == "ACTUAL" and usd > limit * notification["Threshold"] / 100
        if not passed or notification["NotificationState"] == "ALARM":
            continue
        call_budgets(
            "UpdateNotification",
            {
                **name,
                "OldNotification": notification,
                "NewNotification": {**notification, "NotificationState": "ALARM"},
            },
        )
        found = call_budgets("DescribeSubscribersForNotification", {**name, "Notification": notification})
        for subscriber in found["Subscribers"]:
            if subscriber["SubscriptionType"] == "SNS" and _send(subscriber["Address"], budget["BudgetName"]):
                yield str(subscriber["Address"])


def _send(topic: str, budget: str) -> bool:
    """Publish to a topic, unless its policy does not let the service."""
    source = f"arn:aws:budgets::{get_account_id()}:budget/{budget}"
    if not _may_publish(topic, source):
        print("refused", source, "may not publish to", topic, flush=True)
        return False
    sns.publish_internal(topic, json.dumps(f"Budget Name: {budget}"), subject="AWS Budgets")
    return True


def _may_publish(topic: str, source: str) -> bool:
    """Return whether the topic's policy allows it; ministack's own check takes no call of a service to be over TLS."""
    policy = sns.topic_policy_for_arn(topic)
    context = EvalContext(
        principal_arn="*",
        principal_type="Service",
        principal_account="",
        action="sns:Publish",
        resource_arn=topic,
        region=topic.split(":")[3],
        service_context={"aws:sourcearn": source, "aws:sourceaccount": get_account_id()},
        secure_transport=True,
    )
    return bool(policy and evaluate_resource_policy(policy[0], context, service=_SERVICE).decision == "Allow")
