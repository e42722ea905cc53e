"""Alarms that scale: what a metric does to an alarm of a stack, and the alarm's policy to what it scales.

ministack stores alarms and does not evaluate them over time; whoever drives the emulator says what a metric was, and
the alarms that look at it are evaluated with all that they say: metric, dimensions, comparison, periods, missing data.
The actions of one that fires are Application Auto Scaling's policies, of which step policies are played.
https://docs.aws.amazon.com/autoscaling/application/userguide/step-scaling-policy-overview.html
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from ministack.core.responses import get_account_id, get_region
from ministack.services import cloudwatch
from moto.applicationautoscaling.models import applicationautoscaling_backends

_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanOrEqualToThreshold": operator.le,
    "LessThanThreshold": operator.lt,
}


class Capacity(NamedTuple):
    """What a scalable dimension scales: how to read it and how to set it, by the name in the resource's id."""

    read: Callable[[str], int]
    write: Callable[[str, int], None]


CAPACITIES: dict[str, Capacity] = {}
"""What can be scaled here, by scalable dimension."""


class Metric(NamedTuple):
    """A metric and its latest data points, one a period, newest first; None where there was none."""

    namespace: str
    name: str
    dimensions: Mapping[str, str]
    latest: Sequence[float | None]


def play_alarms(metric: Metric) -> list[str]:
    """Evaluate the alarms that look at the metric, do what those that fire say, and return their names."""
    fired = [alarm for alarm in cloudwatch._alarms.values() if _looks_at(alarm, metric) and _fires(alarm, metric)]
    for alarm in fired:
        for action in alarm["AlarmActions"] if alarm.get("ActionsEnabled", True) else ():
            _run_policy(action, (next(iter(metric.latest), None) or 0.0) - float(alarm["Threshold"]))
    return [str(alarm["AlarmName"]) for alarm in fired]


def _looks_at(alarm: Mapping[str, Any], metric: Metric) -> bool:
    dimensions = {each["Name"]: each["Value"] for each in alarm.get("Dimensions") or ()}
    looked_at = (alarm.get("Namespace"), alarm.get("MetricName"), dimensions)
    return bool(looked_at == (metric.namespace, metric.name, dict(metric.dimensions)))


def _fires(alarm: Mapping[str, Any], metric: Metric) -> bool:
    periods = int(alarm["EvaluationPeriods"])
    latest = [*metric.latest, *[None] * periods][:periods]
    compare, threshold = _COMPARISONS[alarm["ComparisonOperator"]], float(alarm["Threshold"])
    if_missing = bool(alarm.get("TreatMissingData") == "breaching")
    breaching = [if_missing if point is None else compare(point, threshold) for point in latest]
    return len([each for each in breaching if each]) >= int(alarm.get("DatapointsToAlarm") or periods)


def _run_policy(arn: str, beyond: float) -> None:
    """Do what the step of this policy says that is meant for a metric so far beyond the alarm's threshold."""
    backend = applicationautoscaling_backends[get_account_id()][get_region()]
    policy = next((each for each in backend.policies.values() if each.policy_arn == arn), None)
    if policy is None or not policy.step_scaling_policy_configuration:
        return
    target = backend.targets[policy.scalable_dimension][policy.resource_id]
    capacity, name = CAPACITIES[policy.scalable_dimension], policy.resource_id.split("/")[1]
    configuration = policy.step_scaling_policy_configuration
    for step in configuration["StepAdjustments"]:
        if _is_in(step, beyond):
            wanted = _adjusted(configuration["AdjustmentType"], int(step["ScalingAdjustment"]), capacity.read(name))
            capacity.write(name, max(int(target.min_capacity or 0), min(int(target.max_capacity or 0), wanted)))


def _is_in(step: Mapping[str, Any], beyond: float) -> bool:
    """Return whether a step is meant: its lower bound belongs to it above the threshold, its upper one below."""
    lower = float(step.get("MetricIntervalLowerBound", "-inf"))
    upper = float(step.get("MetricIntervalUpperBound", "inf"))
    return lower <= beyond < upper if beyond >= 0 else lower < beyond <= upper


def _adjusted(kind: str, adjustment: int, capacity: int) -> int:
    return adjustment if kind == "ExactCapacity" else capacity + adjustment
