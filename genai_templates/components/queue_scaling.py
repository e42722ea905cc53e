"""Scaling of an asynchronous endpoint: by what waits in its queue, and from no instance when anything does."""

from __future__ import annotations

from troposphere import AWSHelperFn, Ref
from troposphere.applicationautoscaling import (
    CustomizedMetricSpecification,
    MetricDimension,
    ScalableTarget,
    ScalingPolicy,
    TargetTrackingScalingPolicyConfiguration,
)

from ..scope import Scope
from .scaling import INSTANCES, add_scalable_target, add_wake_alarm

_MINUTE = 60
# An image takes seconds: with more in the queue of one instance, its wait is longer than that of a second one's start.
_REQUESTS_PER_INSTANCE = 30
# Longer than an instance takes to come: what has been added is not added again because nothing has changed yet.
_OUT_SECONDS = 900


def add_queue_scaling(
    scope: Scope, *, resource_id: AWSHelperFn, endpoint_name: AWSHelperFn, maximum: int | AWSHelperFn, condition: str
) -> None:
    """Scale the endpoint between no instance and ``maximum``; without a request it has none after a quarter of an hour.

    That is how long target tracking waits. ``resource_id`` is Application Auto Scaling's name of the variant. While the
    condition does not hold, the endpoint keeps the instances that it has.
    """
    target = add_scalable_target(
        scope, resource_id=resource_id, dimension=INSTANCES, minimum=0, maximum=maximum, condition=condition
    )
    _add_tracking(scope, target, endpoint_name, condition)
    # Tracking has nothing to divide the queue by while there is no instance.
    add_wake_alarm(
        scope,
        target=target,
        metric="HasBacklogWithoutCapacity",
        statistic="Maximum",
        dimension=("EndpointName", endpoint_name),
        description="A request waits and the model is asleep, so it is woken: no fault",
        condition=condition,
    )


def _add_tracking(scope: Scope, target: ScalableTarget, endpoint_name: AWSHelperFn, condition: str) -> None:
    scope.add(
        ScalingPolicy,
        "QueueTracking",
        Condition=condition,
        PolicyName="QueueTracking",
        ScalingTargetId=Ref(target),
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration=TargetTrackingScalingPolicyConfiguration(
            CustomizedMetricSpecification=CustomizedMetricSpecification(
                Namespace="AWS/SageMaker",
                MetricName="ApproximateBacklogSizePerInstance",
                Dimensions=[MetricDimension(Name="EndpointName", Value=endpoint_name)],
                Statistic="Average",
            ),
            TargetValue=_REQUESTS_PER_INSTANCE,
            ScaleOutCooldown=_OUT_SECONDS,
            ScaleInCooldown=_MINUTE,
        ),
    )
