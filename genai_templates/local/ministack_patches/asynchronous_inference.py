"""Asynchronous inference, which moto lacks: the queue of an endpoint, its instances, and what comes of a request.

As the SageMaker developer guide describes it ("Asynchronous inference"): a call is queued, whether there is an instance
or not, and refused where the endpoint is not asynchronous, as InvokeEndpoint is where it is. Requests are read, and
responses written and announced, under the role of the model; what the role may not do is a failure. A request that
waits without an instance makes the metric that an alarm of the stack may wake the endpoint by, which takes
``ModelOptions.wake_seconds``; after ``idle_seconds`` without a request, or when whoever drives the emulator says so, a
policy that tracks the queue takes the instances away.

docs/upstream/ministack/sagemaker-asynchronous-inference.md
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping
from typing import Any

from moto.applicationautoscaling.models import applicationautoscaling_backends
from moto.sagemaker import models

from ..invoke_endpoint import HttpResponse, call_refused, not_in_service
from .alarm_scaling import CAPACITIES, Capacity, Metric, play_alarms
from .control import add_control_route
from .inference_request import InferenceRequest, Refusal, read_request
from .inference_response import NOTIFICATIONS, announce, complete
from .sagemaker import ADDED_CALLS, INVOCATION_CHECKS, REQUEST_CHECKS, RUNTIME, Refused, call, largest_response
from .service_place import backend_of

_DIMENSION = "sagemaker:variant:DesiredInstanceCount"
_LOOK_AGAIN_SECONDS = 0.05
_EXPIRED = "ClientError: The request expired before it could be processed: its time to live has passed."


class Queue:
    """Requests of an endpoint that wait, and how many are being worked on."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self.waiting: list[InferenceRequest] = []
        self.running = 0
        self.used_at = time.monotonic()


_QUEUES: dict[str, Queue] = {}
_TASKS: set[asyncio.Task[None]] = set()


def apply() -> None:
    """Add the call, and the scaling of an endpoint's instances."""
    ADDED_CALLS["async-invocations"] = _take
    INVOCATION_CHECKS.append(_refuse_call)
    REQUEST_CHECKS["DescribeEndpoint"] = _fall_asleep_if_idle
    CAPACITIES[_DIMENSION] = Capacity(_instances, _set_instances)
    add_control_route("PUT", "inference/notifications", NOTIFICATIONS.plan)
    add_control_route("POST", "inference/idle", _fall_asleep)
    add_control_route("POST", "inference/expire", _expire)


def _take(endpoint: str, headers: Mapping[str, str], body: bytes) -> HttpResponse:
    """Queue a call, and respond with where its result will be."""
    try:
        described = call("DescribeEndpoint", EndpointName=endpoint)
        configuration = call("DescribeEndpointConfig", EndpointConfigName=described["EndpointConfigName"])
    except Refused:
        return not_in_service(endpoint)
    if described["EndpointStatus"] not in ("InService", "Updating"):
        return not_in_service(endpoint)
    if not configuration.get("AsyncInferenceConfig"):
        return call_refused(f"Endpoint {endpoint} is not an asynchronous endpoint: use InvokeEndpoint.")
    if refusal := RUNTIME.faults.next_refusal(endpoint):
        return refusal
    try:
        request = read_request(endpoint, headers, body, configuration)
    except Refusal as refused:
        return call_refused(str(refused))
    queue = _queue(endpoint)
    queue.waiting.append(request)
    _wake_if_asleep(queue)
    _work(queue)
    sent = {
        "Content-Type": "application/json",
        "X-Amzn-SageMaker-OutputLocation": request.result,
        "X-Amzn-SageMaker-FailureLocation": request.failure,
    }
    return 202, sent, json.dumps({"InferenceId": request.inference_id}).encode()


def _refuse_call(endpoint: Mapping[str, Any], headers: Mapping[str, str]) -> HttpResponse | None:
    configuration = call("DescribeEndpointConfig", EndpointConfigName=endpoint["EndpointConfigName"])
    if not configuration.get("AsyncInferenceConfig"):
        return None
    return call_refused(f"Endpoint {endpoint['EndpointName']} is an asynchronous endpoint: use InvokeEndpointAsync.")


def _queue(endpoint: str) -> Queue:
    return _QUEUES.setdefault(endpoint, Queue(endpoint))


def _variant(endpoint: str) -> dict[str, Any]:
    variant: dict[str, Any] = backend_of(models.sagemaker_backends).endpoints[endpoint].production_variants[0]
    return variant


def _instances(endpoint: str) -> int:
    return int(_variant(endpoint)["DesiredInstanceCount"])


def _set_instances(endpoint: str, count: int) -> None:
    """Take instances away at once; let further ones come when the time that takes is over."""
    variant = _variant(endpoint)
    variant["DesiredInstanceCount"] = count
    if count <= variant["CurrentInstanceCount"]:
        variant["CurrentInstanceCount"] = count
    else:
        _start(_bring_instances(endpoint))


async def _bring_instances(endpoint: str) -> None:
    begun = time.monotonic()
    while time.monotonic() - begun < RUNTIME.wake_seconds:  # whoever drives the emulator may change it meanwhile
        await asyncio.sleep(_LOOK_AGAIN_SECONDS)
    variant = _variant(endpoint)
    variant["CurrentInstanceCount"] = variant["DesiredInstanceCount"]
    _work(_queue(endpoint))


def _wake_if_asleep(queue: Queue) -> None:
    """Play the minute in which a request waits and there is no instance, as long as none is on its way."""
    if queue.waiting and not _variant(queue.endpoint)["CurrentInstanceCount"] and not _instances(queue.endpoint):
        play_alarms(_metric(queue.endpoint, "HasBacklogWithoutCapacity", 1.0))


def _metric(endpoint: str, name: str, value: float) -> Metric:
    return Metric("AWS/SageMaker", name, {"EndpointName": endpoint}, [value])


def _work(queue: Queue) -> None:
    """Begin as many of the waiting requests as the instances take at once."""
    while queue.waiting and queue.running < _variant(queue.endpoint)["CurrentInstanceCount"] * queue.waiting[0].at_once:
        queue.running += 1
        _start(_process(queue, queue.waiting.pop(0)))
    queue.used_at = time.monotonic()


async def _process(queue: Queue, request: InferenceRequest) -> None:
    try:
        described = call("DescribeEndpoint", EndpointName=queue.endpoint)
        largest = largest_response(described["EndpointConfigName"])
        await complete(RUNTIME, request, largest=largest)
    except Refused:
        return  # the endpoint is gone, and its queue with it
    finally:
        queue.running -= 1
    _work(queue)


def _start(work: Any) -> None:
    task = asyncio.get_running_loop().create_task(work)
    _TASKS.add(task)
    task.add_done_callback(_TASKS.discard)


def _expire(endpoint: str) -> int:
    """Let the time to live of all requests that wait be over; return how many these were."""
    queue = _queue(endpoint)
    expired, queue.waiting = queue.waiting, []
    for request in expired:
        announce(request, reason=_EXPIRED)
    return len(expired)


def _fall_asleep_if_idle(request: Mapping[str, Any]) -> None:
    """Let an endpoint be asleep, whoever looks at it, whose time without a request is over."""
    endpoint = request.get("EndpointName", "")
    if not RUNTIME.idle_seconds or endpoint not in backend_of(models.sagemaker_backends).endpoints:
        return
    queue = _queue(endpoint)
    is_idle = not queue.running and not queue.waiting
    if is_idle and time.monotonic() - queue.used_at >= RUNTIME.idle_seconds:
        _fall_asleep(endpoint)


def _fall_asleep(endpoint: str) -> bool:
    """Have the policy that tracks the empty queue act, if there is one; return whether the endpoint is asleep."""
    metric = _metric(endpoint, "ApproximateBacklogSizePerInstance", 0.0)
    backend = backend_of(applicationautoscaling_backends)
    for policy in backend.policies.values():
        tracked = (policy.target_tracking_scaling_policy_configuration or {}).get("CustomizedMetricSpecification", {})
        dimensions = {each["Name"]: each["Value"] for each in tracked.get("Dimensions", ())}
        looked_at = (tracked.get("Namespace"), tracked.get("MetricName"), dimensions)
        if looked_at == (metric.namespace, metric.name, dict(metric.dimensions)):
            target = backend.targets[policy.scalable_dimension][policy.resource_id]
            _set_instances(endpoint, int(target.min_capacity or 0))
    return not _variant(endpoint)["CurrentInstanceCount"]
