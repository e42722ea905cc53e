"""Blue/green updates of endpoints: new instances come up, requests shift to them in steps, and alarms watch each step.

What ``UpdateEndpoint`` takes as ``DeploymentConfig`` is checked as SageMaker documents it: alarms that exist, steps of
up to half of the instances, and a time that is enough for all waits. In the first half of an update's time the new
instances come up; then each step activates requests, and bakes. An alarm that was in ALARM meanwhile takes the update
back: the endpoint stays with the configuration that it has, and says why. The documentation does not have those words.
https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-blue-green.html
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ministack.core.responses import get_account_id, get_region
from ministack.services import cloudwatch
from moto.sagemaker.exceptions import ValidationError

from .endpoint_updates import FAILURE_CHECKS, PROGRESS, REQUEST_CHECKS, EndpointUpdate

Properties = Mapping[str, Any]
# Of an update's time, for the instances to come; and of a step's time, for requests to shift.
_COMING, _SHIFTING = 0.5, 0.25
_SIZES = {"CANARY": "CanarySize", "LINEAR": "LinearStepSize"}
_LARGEST_STEP = 0.5
_SMALLEST_LINEAR_STEP = 0.1


def apply() -> None:
    """Have updates of endpoints be blue/green ones."""
    REQUEST_CHECKS.append(_check)
    PROGRESS.append(_show)
    FAILURE_CHECKS.append(_alarm_reason)


def _policy(request: Properties) -> Properties:
    policy: Properties = (request.get("DeploymentConfig") or {}).get("BlueGreenUpdatePolicy", {})
    return policy


def _alarms(request: Properties) -> list[str]:
    rollback = (request.get("DeploymentConfig") or {}).get("AutoRollbackConfiguration", {})
    return [alarm["AlarmName"] for alarm in rollback.get("Alarms", ())]


def _check(request: Properties, variants: Sequence[Properties]) -> None:
    for name in _alarms(request):
        if name not in cloudwatch._alarms:
            raise ValidationError(f"Could not find the alarm {name} of AutoRollbackConfiguration")
    policy = _policy(request)
    routing = policy.get("TrafficRoutingConfiguration", {})
    if size := _SIZES.get(routing.get("Type", "")):
        if size not in routing:
            raise ValidationError(f"Traffic routing of type {routing['Type']} needs {size}")
        for variant in variants:
            _check_step(size, _share(routing[size], variant))
    waits = len(list(_steps(request, variants))) * int(routing.get("WaitIntervalInSeconds", 0))
    waits += int(policy.get("TerminationWaitInSeconds", 0))
    if waits >= int(policy.get("MaximumExecutionTimeoutInSeconds", waits + 1)):
        raise ValidationError(
            f"MaximumExecutionTimeoutInSeconds must be more than the waits, which are {waits} seconds"
        )


def _share(size: Properties, variant: Properties) -> float:
    """Return which part of a variant's instances a step is."""
    count = int(variant.get("InitialInstanceCount", 1))
    instances = count * int(size["Value"]) / 100 if size["Type"] == "CAPACITY_PERCENT" else int(size["Value"])
    return max(1.0, instances) / count  # a step has at least one


def _check_step(name: str, share: float) -> None:
    least = _SMALLEST_LINEAR_STEP if name == _SIZES["LINEAR"] else 0.0
    if not least <= share <= _LARGEST_STEP:
        raise ValidationError(f"{name} is {share:.0%} of the variant's instances; it must be {least:.0%} to 50%")


def _steps(request: Properties, variants: Sequence[Properties]) -> Iterator[float]:
    """Give the part of all requests that the new instances have at each step."""
    routing = _policy(request).get("TrafficRoutingConfiguration", {})
    size = routing.get(_SIZES.get(routing.get("Type", ""), ""))
    step = _share(size, variants[0]) if size else 1.0
    so_far = step
    while so_far < 1.0:
        yield so_far
        so_far = so_far + step if routing["Type"] == "LINEAR" else 1.0
    yield 1.0


def _show(endpoint: Any, update: EndpointUpdate) -> None:
    passed = (time.monotonic() - update.began) / max(update.ends - update.began, 1e-9)
    pending = endpoint.pending_deployment_summary["ProductionVariants"]
    status, weight = _progress(passed, list(_steps(update.request, pending)))
    for variant in pending:
        variant.update(VariantStatus=[{"Status": status}], CurrentWeight=weight)


def _progress(passed: float, steps: Sequence[float]) -> tuple[str, float]:
    """Return the status of the new instances and their part of the requests, this part of the time into an update."""
    if passed < _COMING:
        return "Creating", 0.0
    place = (passed - _COMING) / (1 - _COMING) * len(steps)
    number = min(int(place), len(steps) - 1)
    return "ActivatingTraffic" if place - number < _SHIFTING else "Baking", steps[number]


def _alarm_reason(endpoint: Any, update: EndpointUpdate) -> str | None:
    now = time.time()
    baking = now - (update.ends - update.began) * (1 - _COMING)
    prefix = f"arn:aws:cloudwatch:{get_region()}:{get_account_id()}:alarm:"
    fired = [name for name in _alarms(update.request) if cloudwatch.first_alarm_time(prefix + name, baking, now)]
    if not fired:
        return None
    return f"One or more alarms of the deployment policy have gone into ALARM state: {', '.join(fired)}"
