"""Application Auto Scaling of what SageMaker runs: how many there may be, and what that follows."""

from __future__ import annotations

import enum
from typing import Any

from troposphere import AWSHelperFn, Ref, Sub, cloudwatch
from troposphere.applicationautoscaling import (
    PredefinedMetricSpecification,
    ScalableTarget,
    ScalingPolicy,
    StepAdjustment,
    StepScalingPolicyConfiguration,
    TargetTrackingScalingPolicyConfiguration,
)

from ..scope import Scope
from .endpoint import VARIANT

INSTANCES = "sagemaker:variant:DesiredInstanceCount"
"""The dimension of a variant's instances."""
COPIES = "sagemaker:inference-component:DesiredCopyCount"
"""The dimension of an inference component's copies."""

_MINUTE = 60


def variant_id(endpoint_name: AWSHelperFn) -> Sub:
    """Return how Application Auto Scaling names an endpoint's variant.

    With the name as an attribute of the endpoint's resource, the target is made after it and deregistered before it.
    """
    return Sub(f"endpoint/${{Endpoint}}/variant/{VARIANT}", Endpoint=endpoint_name)


def add_scalable_target(
    scope: Scope,
    *,
    resource_id: AWSHelperFn,
    dimension: str,
    minimum: int | AWSHelperFn,
    maximum: int | AWSHelperFn,
    condition: str = "",
) -> ScalableTarget:
    """Let Application Auto Scaling decide between ``minimum`` and ``maximum``, while the condition holds.

    It acts under its own service-linked role, which it makes.
    """
    return scope.add(
        ScalableTarget,
        "ScalableTarget",
        ServiceNamespace="sagemaker",
        ScalableDimension=dimension,
        ResourceId=resource_id,
        MinCapacity=minimum,
        MaxCapacity=maximum,
        **_while(condition),
    )


def add_target_tracking(
    scope: Scope,
    logical_id: str,
    *,
    target: ScalableTarget,
    metric: str,
    value: float | AWSHelperFn,
    scale_out_cooldown: int,
    scale_in_cooldown: int,
    condition: str = "",
) -> ScalingPolicy:
    """Keep a predefined metric at this value for each instance or copy; cool-downs are in seconds."""
    return _add_policy(
        scope,
        logical_id,
        target,
        condition,
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration=TargetTrackingScalingPolicyConfiguration(
            PredefinedMetricSpecification=PredefinedMetricSpecification(PredefinedMetricType=metric),
            TargetValue=value,
            ScaleOutCooldown=scale_out_cooldown,
            ScaleInCooldown=scale_in_cooldown,
        ),
    )


class Side(enum.Enum):
    """On which side of its threshold an alarm goes off."""

    BELOW = "MetricIntervalUpperBound"
    ABOVE = "MetricIntervalLowerBound"


def add_capacity_policy(
    scope: Scope,
    logical_id: str,
    *,
    target: ScalableTarget,
    capacity: int,
    side: Side,
    cooldown: int,
    condition: str = "",
) -> ScalingPolicy:
    """Add a policy that sets the capacity when an alarm on this side of its threshold has it as its action, by ``Ref``.

    ``cooldown`` is in seconds.
    """
    return _add_policy(
        scope,
        logical_id,
        target,
        condition,
        PolicyType="StepScaling",
        StepScalingPolicyConfiguration=StepScalingPolicyConfiguration(
            AdjustmentType="ExactCapacity",
            MetricAggregationType="Maximum",
            Cooldown=cooldown,
            StepAdjustments=[StepAdjustment(ScalingAdjustment=capacity, **{side.value: 0})],
        ),
    )


def add_wake_alarm(
    scope: Scope,
    *,
    target: ScalableTarget,
    metric: str,
    statistic: str,
    dimension: tuple[str, AWSHelperFn],
    description: str,
    condition: str = "",
) -> None:
    """Start the first instance or copy in the minute in which this metric of SageMaker, 0 otherwise, is at least 1.

    One request has to be enough, so the threshold itself breaches. The policy sets the capacity instead of adding to
    it: the alarm stays on, and acts each minute, until the model is awake, and a function may have woken it already.
    """
    policy = add_capacity_policy(
        scope, "WakePolicy", target=target, capacity=1, side=Side.ABOVE, cooldown=_MINUTE, condition=condition
    )
    name, value = dimension
    scope.add(
        cloudwatch.Alarm,
        "WakeAlarm",
        AlarmDescription=description,
        AlarmActions=[Ref(policy)],
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        EvaluationPeriods=1,
        Namespace="AWS/SageMaker",
        MetricName=metric,
        Dimensions=[cloudwatch.MetricDimension(Name=name, Value=value)],
        Period=_MINUTE,
        Statistic=statistic,
        Threshold=1,
        TreatMissingData="notBreaching",
        **_while(condition),
    )


def _add_policy(
    scope: Scope, logical_id: str, target: ScalableTarget, condition: str, **properties: Any
) -> ScalingPolicy:
    return scope.add(
        ScalingPolicy,
        logical_id,
        PolicyName=logical_id,  # required, and unique for its target alone
        ScalingTargetId=Ref(target),
        **_while(condition),
        **properties,
    )


def _while(condition: str) -> dict[str, str]:
    return {"Condition": condition} if condition else {}
