"""Scaling of an inference component: awake while there are requests, and down to no copy without them."""

from __future__ import annotations

from troposphere import AWSHelperFn, Ref, cloudwatch
from troposphere.applicationautoscaling import ScalableTarget

from ..scope import Scope
from .scaling import COPIES, Side, add_capacity_policy, add_scalable_target, add_target_tracking, add_wake_alarm

LONGEST_IDLE_MINUTES = 15
"""Then target tracking takes the copies away: its own alarm, which cannot be set, waits for 90 times 10 seconds."""

_TRACKED_METRIC = "SageMakerInferenceComponentConcurrentRequestsPerCopyHighResolution"
_REQUESTS_PER_COPY = 4
_MINUTE = 60
# Longer than a model takes to wake: what has been added is then not added again because nothing has changed yet.
_WAKING_SECONDS = 900
# The idle alarm stays on for some minutes after the copies are gone, and acts each minute: a model that is woken in
# that time must not be put to sleep by it.
_ASLEEP_SECONDS = 600
# Below the least that there can be with a request, which is divided by the number of copies.
_NO_REQUESTS = 0.01


def add_copy_scaling(
    scope: Scope,
    *,
    resource_id: AWSHelperFn,
    component_name: AWSHelperFn,
    maximum: int | AWSHelperFn,
    idle_minutes: int | AWSHelperFn,
) -> None:
    """Scale the component between no copy and ``maximum``, and to none after so many minutes without a request.

    ``idle_minutes`` are at most ``LONGEST_IDLE_MINUTES``. ``resource_id`` is Application Auto Scaling's name of the
    component; with the component's resource in it, the target is there after the component and goes before it.
    """
    target = add_scalable_target(scope, resource_id=resource_id, dimension=COPIES, minimum=0, maximum=maximum)
    add_target_tracking(
        scope,
        "CopyTracking",
        target=target,
        metric=_TRACKED_METRIC,
        value=_REQUESTS_PER_COPY,
        scale_out_cooldown=_WAKING_SECONDS,
        scale_in_cooldown=_MINUTE,
    )
    _add_sleep(scope, target, component_name, idle_minutes)
    # SageMaker's guide has an alarm that takes two requests.
    add_wake_alarm(
        scope,
        target=target,
        metric="NoCapacityInvocationFailures",
        statistic="Sum",
        dimension=("InferenceComponentName", component_name),
        description="A request has found the model asleep, and it is woken: no fault",
    )


def _add_sleep(
    scope: Scope, target: ScalableTarget, component_name: AWSHelperFn, idle_minutes: int | AWSHelperFn
) -> None:
    """Take all copies away when they have had no request for so long.

    The metric is there, at zero, while a copy runs, and missing while none does. So an alarm that takes missing data
    for no breach leaves a model alone that is waking up, for which a count of invocations would not do.
    """
    policy = add_capacity_policy(
        scope, "SleepPolicy", target=target, capacity=0, side=Side.BELOW, cooldown=_ASLEEP_SECONDS
    )
    scope.add(
        cloudwatch.Alarm,
        "IdleAlarm",
        AlarmDescription="The model has had no request for IdleMinutes, and is put to sleep: no fault",
        AlarmActions=[Ref(policy)],
        ComparisonOperator="LessThanThreshold",
        EvaluationPeriods=idle_minutes,
        Statistic="Maximum",
        Threshold=_NO_REQUESTS,
        Namespace="AWS/SageMaker",
        MetricName="ConcurrentRequestsPerCopy",
        Dimensions=[cloudwatch.MetricDimension(Name="InferenceComponentName", Value=component_name)],
        Period=_MINUTE,
        TreatMissingData="notBreaching",
    )
