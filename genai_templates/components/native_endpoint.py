"""A real-time endpoint as a resource: an update comes up beside what serves, is watched by alarms, and can go back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import awacs.cloudwatch
from awacs.aws import Allow, PolicyDocument, Statement
from troposphere import AWSHelperFn, Equals, GetAtt, If, Join, NoValue, Ref, cloudwatch, iam, sagemaker

from ..iam import Role
from ..scope import Scope
from .endpoint import VARIANT, ModelEndpoint
from .hosted_model import MICROSECONDS

if TYPE_CHECKING:
    from .encryption_key import EncryptionKey

ROLLOUT_KINDS = ("ALL_AT_ONCE", "CANARY", "LINEAR")
"""The ways in which requests shift to the instances of an update; the first is the default."""

_IS_CANARY, _IS_LINEAR = "RolloutIsCanary", "RolloutIsLinear"
# Of the new instances, at first and at each further shift. SageMaker takes up to 50.
_STEP_PERCENT = 25
# A call may take 60 seconds; the old instances get as long again before they end.
_TERMINATION_SECONDS = 120
# Four shifts of 1,800 seconds each, an hour for instances and an hour for the model.
_LONGEST_SECONDS = 14_400
# Of the responses of the new instances within a minute.
_ERROR_RATE = 0.05
# A call may take 60 seconds.
_SLOW_SECONDS = 50


class Rollout(NamedTuple):
    """How an update reaches the endpoint: one of ``ROLLOUT_KINDS``, and for how many seconds each shift is watched."""

    kind: AWSHelperFn
    wait: AWSHelperFn


def add_native_endpoint(
    scope: Scope,
    *,
    endpoint: ModelEndpoint,
    variant: sagemaker.ProductionVariant,
    role: Role,
    rollout: Rollout,
    scales: str,
    condition: str,
    volume_key: EncryptionKey | None = None,
) -> sagemaker.Endpoint:
    """Add the endpoint, its configuration, and the alarms that take an update back.

    The configuration has no name: a change makes a new one, and the endpoint, whose name is fixed, moves to it.
    ``role`` is the model's, under which SageMaker looks at the alarms. While the condition ``scales`` holds, an update
    keeps the number of instances that scaling has set. The endpoint is there while ``condition`` holds, and all else in
    any case: it costs nothing, and the endpoint is made again from it. ``volume_key`` is for the volumes of its
    instances.
    """
    routing = _routing(scope, rollout)
    variant.InitialVariantWeight = _weight(rollout, scales)
    encryption = {} if volume_key is None else {"KmsKeyId": volume_key.arn}
    config = scope.add(sagemaker.EndpointConfig, "EndpointConfig", ProductionVariants=[variant], **encryption)
    config_name = GetAtt(config, "EndpointConfigName")
    alarms = _add_alarms(scope, endpoint, config_name)
    policy = _allow_to_watch(scope, role, alarms)
    return scope.add(
        sagemaker.Endpoint,
        "Endpoint",
        Condition=condition,
        EndpointName=endpoint.name,
        EndpointConfigName=config_name,
        RetainAllVariantProperties=If(scales, True, False),
        DeploymentConfig=sagemaker.DeploymentConfig(
            AutoRollbackConfiguration=sagemaker.AutoRollbackConfig(
                Alarms=[sagemaker.Alarm(AlarmName=Ref(alarm)) for alarm in alarms]
            ),
            BlueGreenUpdatePolicy=sagemaker.BlueGreenUpdatePolicy(
                TrafficRoutingConfiguration=routing,
                TerminationWaitInSeconds=_TERMINATION_SECONDS,
                MaximumExecutionTimeoutInSeconds=_LONGEST_SECONDS,
            ),
        ),
        DependsOn=[policy.title],
    )


def _routing(scope: Scope, rollout: Rollout) -> sagemaker.TrafficRoutingConfig:
    step = sagemaker.CapacitySize(Type="CAPACITY_PERCENT", Value=_STEP_PERCENT)
    _, canary, linear = ROLLOUT_KINDS
    return sagemaker.TrafficRoutingConfig(
        Type=rollout.kind,
        WaitIntervalInSeconds=rollout.wait,
        CanarySize=If(scope.add_condition(_IS_CANARY, Equals(rollout.kind, canary)), step, NoValue),
        LinearStepSize=If(scope.add_condition(_IS_LINEAR, Equals(rollout.kind, linear)), step, NoValue),
    )


def _weight(rollout: Rollout, scales: str) -> Join:
    """Return a weight for the only variant, which gets all requests whatever it is: it stands for the update's options.

    SageMaker refuses to update an endpoint to the configuration that it has. So whatever an update takes besides is in
    the configuration too, and a change of it alone makes a new one.
    """
    return Join("", [If(_IS_CANARY, "2", If(_IS_LINEAR, "3", "1")), If(scales, "1", "0"), rollout.wait])


def _add_alarms(scope: Scope, endpoint: ModelEndpoint, config_name: GetAtt) -> list[cloudwatch.Alarm]:
    """Add alarms on the new instances alone: those of the old ones must not keep an update from mending them."""
    dimensions = {"EndpointName": endpoint.name, "VariantName": VARIANT, "EndpointConfigName": config_name}
    shared = {
        "Namespace": endpoint.metrics.namespace,
        "Dimensions": [cloudwatch.MetricDimension(Name=name, Value=value) for name, value in dimensions.items()],
        "Period": 60,
        "EvaluationPeriods": 1,
        "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "notBreaching",
    }
    errors = scope.add(
        cloudwatch.Alarm,
        "RolloutErrors",
        AlarmDescription="Instances that an update has brought fail: SageMaker goes back to the old ones",
        MetricName=endpoint.metrics.server_errors,
        Statistic="Average",
        Threshold=_ERROR_RATE,
        **shared,
    )
    latency = scope.add(
        cloudwatch.Alarm,
        "RolloutLatency",
        AlarmDescription="Instances that an update has brought are too slow: SageMaker goes back to the old ones",
        MetricName=endpoint.metrics.latency,
        ExtendedStatistic="p95",
        Threshold=_SLOW_SECONDS * MICROSECONDS.per_second,
        **shared,
    )
    return [errors, latency]


def _allow_to_watch(scope: Scope, role: Role, alarms: Sequence[cloudwatch.Alarm]) -> iam.PolicyType:
    """Let SageMaker see the alarms, by a policy of its own: they follow the model, and that its role."""
    statement = Statement(
        Sid="WatchRollout",
        Effect=Allow,
        Action=[awacs.cloudwatch.DescribeAlarms],
        Resource=[GetAtt(alarm, "Arn") for alarm in alarms],
    )
    return scope.add(
        iam.PolicyType,
        "RolloutPolicy",
        PolicyName="WatchRollout",
        PolicyDocument=PolicyDocument(Version="2012-10-17", Statement=[statement]),
        Roles=[Ref(role.resource)],
    )
