"""Alarms on what users would feel, and an e-mail for those who want one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import awacs.sns
from awacs.aws import Allow, Condition, Principal, Statement, StringEquals
from troposphere import AWSHelperFn, Equals, If, NoValue, Ref, cloudwatch, sns

from ..scope import Scope
from .api import STAGE, Api
from .functions import Function
from .hosted_model import HostedModel
from .topics import add_topic_policy

if TYPE_CHECKING:
    from .encryption_key import EncryptionKey
    from .job_queue import JobQueue
    from .jobs import FailedJobs

FIVE_MINUTES = 300
"""Period of alarms and widgets, in seconds."""
_MANY_BLOCKED = 100


class BlockedRequests(NamedTuple):
    """What a web ACL refuses: the alarm's id, the metric's dimensions, and the condition that there is a web ACL."""

    alarm_id: str
    dimensions: tuple[tuple[str, str | AWSHelperFn], ...]
    condition: str = ""


# Longer than a job waits that was killed with its function, which is for as long as the queue hides it: nine minutes.
# And a quarter of the time that a job may wait by default: so there is time to do something.
_LONG_WAIT = 900


class MonitoredResources(NamedTuple):
    """What the alarms and the dashboard look at.

    ``slow_response`` is in milliseconds, ``slow_model`` in seconds. ``refusal_reasons`` are those for which filters
    refuse what goes into the model or comes out of it.
    """

    api: Api
    functions: Sequence[Function]
    model: HostedModel
    slow_response: int | AWSHelperFn
    slow_model: int
    failed_jobs: FailedJobs | None = None
    blocked: Sequence[BlockedRequests] = ()
    refusal_reasons: Sequence[str] = ()
    job_queue: JobQueue | None = None


class _Metric(NamedTuple):
    namespace: str
    name: str
    dimensions: tuple[tuple[str, str | AWSHelperFn], ...]
    statistic: str

    def as_property(self) -> cloudwatch.MetricStat:
        return cloudwatch.MetricStat(
            Metric=cloudwatch.Metric(
                Namespace=self.namespace,
                MetricName=self.name,
                Dimensions=[cloudwatch.MetricDimension(Name=name, Value=value) for name, value in self.dimensions],
            ),
            Period=FIVE_MINUTES,
            Stat=self.statistic,
        )


class AlarmBuilder:
    """Adds alarms that all tell the same people."""

    def __init__(
        self, scope: Scope, *, email: str | AWSHelperFn, email_condition: str, key: EncryptionKey | None = None
    ) -> None:
        """Send alarms to this address while the condition holds."""
        self._scope = scope
        if key is not None:
            key.allow_publisher("cloudwatch")
        topic = scope.add(
            sns.Topic,
            "AlarmTopic",
            Condition=email_condition,
            Subscription=[sns.Subscription(Endpoint=email, Protocol="email")],
            **({} if key is None else {"KmsMasterKeyId": key.arn}),
        )
        add_topic_policy(scope, topic, _publish_alarms(Ref(topic)), condition=email_condition)
        self._actions = If(email_condition, [Ref(topic)], NoValue)

    def add(
        self,
        logical_id: str,
        description: str,
        metrics: Sequence[_Metric],
        *,
        threshold: float | AWSHelperFn,
        condition: str = "",
    ) -> None:
        """Alarm when the sum of the metrics is above the threshold for five minutes, while the condition holds."""
        self._scope.add(
            cloudwatch.Alarm,
            logical_id,
            **({"Condition": condition} if condition else {}),
            AlarmDescription=description,
            AlarmActions=self._actions,
            OKActions=self._actions,
            ComparisonOperator="GreaterThanThreshold",
            EvaluationPeriods=1,
            Metrics=_sum(metrics),
            Threshold=threshold,
            TreatMissingData="notBreaching",
        )


def _publish_alarms(topic: Ref) -> Statement:
    return Statement(
        Sid="AlarmsPublish",
        Effect=Allow,
        Principal=Principal("Service", "cloudwatch.amazonaws.com"),
        Action=[awacs.sns.Publish],
        Resource=[topic],
        Condition=Condition(StringEquals({"aws:SourceAccount": Ref("AWS::AccountId")})),
    )


def _sum(metrics: Sequence[_Metric]) -> list[cloudwatch.MetricDataQuery]:
    """Return the queries of an alarm: the metric itself, or the sum of several."""
    alone = len(metrics) == 1
    queries = [
        cloudwatch.MetricDataQuery(Id=f"m{number}", MetricStat=metric.as_property(), ReturnData=alone)
        for number, metric in enumerate(metrics)
    ]
    if alone:
        return queries
    total = "+".join(f"FILL(m{number},0)" for number in range(len(metrics)))
    return [*queries, cloudwatch.MetricDataQuery(Id="total", Expression=total, ReturnData=True)]


def _of_api(api: Api, name: str, statistic: str) -> list[_Metric]:
    return [_Metric("AWS/ApiGateway", name, (("ApiName", api.api_name), ("Stage", STAGE)), statistic)]


def _of_functions(functions: Sequence[Function], name: str) -> list[_Metric]:
    return [_Metric("AWS/Lambda", name, (("FunctionName", each.name),), "Sum") for each in functions]


def _of_model(model: HostedModel, name: str, statistic: str) -> list[_Metric]:
    return [_Metric(model.metrics.namespace, name, tuple(model.metrics.dimensions), statistic)]


def _of_queue(name: AWSHelperFn, metric: str, statistic: str) -> list[_Metric]:
    return [_Metric("AWS/SQS", metric, (("QueueName", name),), statistic)]


def _is_in_region_of(model: HostedModel, scope: Scope) -> str:
    """Return the condition that the model's metrics are in the stack's region: no alarm sees those of another one."""
    here = Ref("AWS::Region")
    if model.metrics.region == here:
        return ""
    return scope.add_condition("ModelIsInThisRegion", Equals(here, model.metrics.region))


def add_alarms(
    scope: Scope,
    *,
    monitored: MonitoredResources,
    email: str | AWSHelperFn,
    email_condition: str,
    key: EncryptionKey | None = None,
) -> None:
    """Add the alarms, and the topic that e-mails them while ``email_condition`` holds."""
    board = AlarmBuilder(scope, email=email, email_condition=email_condition, key=key)
    api, functions, model = monitored.api, monitored.functions, monitored.model
    has_model = _is_in_region_of(model, scope)
    board.add("ApiErrors", "The API failed to respond", _of_api(api, "5XXError", "Sum"), threshold=0)
    board.add(
        "ApiLatency",
        "One response in twenty takes too long",
        _of_api(api, "Latency", "p95"),
        threshold=monitored.slow_response,
    )
    board.add("FunctionErrors", "A function failed", _of_functions(functions, "Errors"), threshold=0)
    board.add("FunctionThrottles", "A function was throttled", _of_functions(functions, "Throttles"), threshold=0)
    board.add(
        "EndpointErrors",
        "The model endpoint failed",
        _of_model(model, model.metrics.server_errors, "Sum"),
        threshold=0,
        condition=has_model,
    )
    board.add(
        "EndpointLatency",
        "One response of the model in twenty takes too long",
        _of_model(model, model.metrics.latency, "p95"),
        threshold=monitored.slow_model * model.metrics.latency_unit.per_second,
        condition=has_model,
    )
    if monitored.failed_jobs is not None:
        board.add(
            "JobFailures",
            "An image job was given up after its retries",
            _of_queue(monitored.failed_jobs.queue_name, "NumberOfMessagesSent", "Sum"),
            threshold=0,
        )
    for each in monitored.blocked:
        board.add(
            each.alarm_id,
            "The firewall refused many requests",
            [_Metric("AWS/WAFV2", "BlockedRequests", each.dimensions, "Sum")],
            threshold=_MANY_BLOCKED,
            condition=each.condition,
        )
    if monitored.job_queue is not None:
        _add_queue_alarms(board, monitored.job_queue)


def _add_queue_alarms(board: AlarmBuilder, queue: JobQueue) -> None:
    board.add(
        "JobsWait",
        "A job waits for a quarter of an hour",
        _of_queue(queue.name, "ApproximateAgeOfOldestMessage", "Maximum"),
        threshold=_LONG_WAIT,
    )
    # What SQS moves there by itself does not count as sent. (SQS developer guide, "Available CloudWatch metrics".)
    board.add(
        "DeadJobs",
        "Jobs were given up, and can be tried again: 'genai-templates redrive' shows them",
        _of_queue(queue.dead_name, "ApproximateNumberOfMessagesVisible", "Maximum"),
        threshold=0,
    )
