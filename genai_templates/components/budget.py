"""A monthly budget: who is told of it, and what is done when it is used up."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import awacs.sns
from awacs.aws import Allow, ArnLike, Condition, Principal, Statement, StringEquals
from troposphere import Equals, If, NoValue, Ref, Sub, budgets, cloudwatch, sns

from ..scope import Scope
from ..tags import STACK_TAG
from .topics import add_topic_policy

if TYPE_CHECKING:
    from .encryption_key import EncryptionKey

# AWS computes the charges of a month about four times a day; a period that is shorter has no values in between.
# (CloudWatch user guide, "Create a billing alarm".)
_SIX_HOURS = 21_600
_BILLING_REGION = "us-east-1"  # the only one that has this metric


class SpendingLimit(NamedTuple):
    """What a month may cost: ``usd`` of the account, or of the stack alone while the condition ``of_stack`` holds."""

    usd: Ref
    of_stack: str


class BudgetTopics(NamedTuple):
    """Where a budget reports: ``warnings``, and ``used_up`` when all of it has been spent; they may be the same."""

    warnings: sns.Topic
    used_up: sns.Topic


def add_budget_topic(
    scope: Scope, logical_id: str, *, email: Ref, email_condition: str, key: EncryptionKey | None = None
) -> sns.Topic:
    """Add a topic that budgets and billing alarms may publish to; it sends e-mail while the condition holds."""
    subscription = sns.Subscription(Endpoint=email, Protocol="email")
    encryption = {} if key is None else {"KmsMasterKeyId": key.arn}
    topic = scope.add(sns.Topic, logical_id, Subscription=[If(email_condition, subscription, NoValue)], **encryption)
    if key is not None:
        key.allow_publisher("budgets")
        key.allow_publisher("cloudwatch")
    arns = {
        "budgets": Sub("arn:${AWS::Partition}:budgets::${AWS::AccountId}:*"),
        "cloudwatch": Sub("arn:${AWS::Partition}:cloudwatch:${AWS::Region}:${AWS::AccountId}:alarm:*"),
    }
    add_topic_policy(
        scope,
        topic,
        _publish("BudgetsPublish", "budgets", topic, arns["budgets"]),
        _publish("AlarmsPublish", "cloudwatch", topic, arns["cloudwatch"]),
    )
    return topic


def _publish(sid: str, service: str, topic: sns.Topic, source: Sub) -> Statement:
    """Let a service publish for this account. (AWS Cost Management user guide, "Creating an Amazon SNS topic".)"""
    return Statement(
        Sid=sid,
        Effect=Allow,
        Principal=Principal("Service", f"{service}.amazonaws.com"),
        Action=[awacs.sns.Publish],
        Resource=[Ref(topic)],
        Condition=Condition(
            [StringEquals({"aws:SourceAccount": Ref("AWS::AccountId")}), ArnLike({"aws:SourceArn": source})]
        ),
    )


def add_budget(scope: Scope, *, limit: SpendingLimit, topics: BudgetTopics) -> budgets.Budget:
    """Add a budget that reports at 80 % and at all of the limit, and when the month is forecast to cost more.

    AWS looks at costs up to three times a day, with charges of some hours before.
    """
    return scope.add(
        budgets.Budget,
        "Budget",
        Budget=budgets.BudgetData(
            BudgetLimit=budgets.Spend(Amount=limit.usd, Unit="USD"),
            BudgetType="COST",
            # The name of a tag that users make has this prefix; a dollar parts it from its value.
            CostFilters=If(
                limit.of_stack,
                {"TagKeyValue": [Sub(f"user:{STACK_TAG}$${{AWS::StackName}}")]},
                NoValue,
            ),
            TimeUnit="MONTHLY",
        ),
        NotificationsWithSubscribers=[
            _notification("ACTUAL", 80, topics.warnings),
            _notification("FORECASTED", 100, topics.warnings),
            _notification("ACTUAL", 100, topics.used_up),
        ],
    )


def _notification(kind: str, percent: int, topic: sns.Topic) -> budgets.NotificationWithSubscribers:
    return budgets.NotificationWithSubscribers(
        Notification=budgets.Notification(
            ComparisonOperator="GREATER_THAN", NotificationType=kind, Threshold=percent, ThresholdType="PERCENTAGE"
        ),
        # A notification takes one topic. (AWS Billing API reference, Notification.)
        Subscribers=[budgets.Subscriber(Address=Ref(topic), SubscriptionType="SNS")],
    )


def add_charges_alarm(scope: Scope, *, usd: Ref, topic: sns.Topic) -> cloudwatch.Alarm:
    """Add an alarm on the charges of the account so far this month, in the only region that has their metric.

    It is shown beside the other alarms, and needs "CloudWatch billing alerts" in the account's billing preferences.
    """
    condition = scope.add_condition("HasBillingMetrics", Equals(Ref("AWS::Region"), _BILLING_REGION))
    return scope.add(
        cloudwatch.Alarm,
        "ChargesAlarm",
        Condition=condition,
        AlarmDescription="The account's charges of this month are above the budget",
        AlarmActions=[Ref(topic)],
        ComparisonOperator="GreaterThanThreshold",
        Dimensions=[cloudwatch.MetricDimension(Name="Currency", Value="USD")],
        EvaluationPeriods=1,
        MetricName="EstimatedCharges",
        Namespace="AWS/Billing",
        Period=_SIX_HOURS,
        Statistic="Maximum",
        Threshold=usd,
        TreatMissingData="notBreaching",
    )
