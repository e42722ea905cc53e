"""SageMaker and Application Auto Scaling, which ministack lacks: moto's control planes, and our runtime.

docs/upstream/ministack/sagemaker.md
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from ministack import app
from ministack.core import router
from ministack.core.responses import get_account_id, get_region
from moto.applicationautoscaling.responses import ApplicationAutoScalingResponse
from moto.core.request import Request as HttpRequest
from moto.core.utils import utcnow
from moto.sagemaker import models
from werkzeug.exceptions import HTTPException
from werkzeug.test import EnvironBuilder

from ..inference.runtime import Runtime
from ..invoke_endpoint import HttpResponse, error_response, not_in_service
from .control import add_control_route
from .dependent_actions import check_dependent_actions
from .endpoint_updates import SageMakerControlPlane, is_updating
from .model_hub import describe_hub_content

_TARGETS = {"sagemaker": "SageMaker", "application-autoscaling": "AnyScaleFrontendService"}
_RESPONSES: dict[str, Any] = {
    "sagemaker": SageMakerControlPlane,
    "application-autoscaling": ApplicationAutoScalingResponse,
}


class Refused(ValueError):
    """SageMaker did not accept a request."""


RUNTIME = Runtime()
"""What responds to calls of the endpoints."""

Request = Mapping[str, Any]
ADDED_OPERATIONS: dict[str, Callable[[Request], dict[str, Any]]] = {}
"""Operations that moto lacks, by name: each takes the request and returns the response, or raises Refused."""

REQUEST_CHECKS: dict[str, Callable[[Request], None]] = {}
"""What moto does not check of a request, by operation; each raises Refused."""

INVOCATION_CHECKS: list[Callable[[Mapping[str, Any], Mapping[str, str]], HttpResponse | None]] = []
"""Each takes an endpoint's description and the headers of a call, and returns the refusal, if it refuses the call."""

ADDED_CALLS: dict[str, Callable[[str, Mapping[str, str], bytes], HttpResponse]] = {}
"""Ways of calling an endpoint beside InvokeEndpoint, by the end of the path: each takes its name, headers and body."""

_LARGEST = 6_553_500
"""Bytes that the model server of JumpStart's containers answers with unless MMS_MAX_RESPONSE_SIZE says otherwise."""


def apply() -> None:
    """Add the services to ministack's router."""
    for service, target in _TARGETS.items():
        router.SERVICE_PATTERNS[service] = {"target_prefixes": [f"{target}."], "host_patterns": []}
    app.SERVICE_HANDLERS["sagemaker"] = _serve_sagemaker
    app.SERVICE_HANDLERS["application-autoscaling"] = _serve_autoscaling
    add_control_route("PUT", "model/fault", RUNTIME.faults.plan)
    add_control_route("PUT", "model/jpeg", RUNTIME.allow_jpeg)
    add_control_route("PUT", "model/options", RUNTIME.use)
    # docs/upstream/moto-instance-types.md; the template's own list is checked by cfn-lint.
    setattr(models.FakeEndpointConfig, "validate_instance_type", lambda self, instance_type: None)  # noqa: B010


def call(operation: str, **parameters: object) -> dict[str, Any]:
    """Call SageMaker's control plane from inside the emulator; raises Refused."""
    headers = {"X-Amz-Target": f"SageMaker.{operation}", "Content-Type": "application/x-amz-json-1.1"}
    return _read(operation, _call_control_plane(operation, headers, json.dumps(parameters).encode()))


def call_autoscaling(operation: str, **parameters: object) -> dict[str, Any]:
    """Call Application Auto Scaling from inside the emulator; raises Refused."""
    headers = {"X-Amz-Target": f"AnyScaleFrontendService.{operation}", "Content-Type": "application/x-amz-json-1.1"}
    return _read(operation, _call_moto("application-autoscaling", headers, json.dumps(parameters).encode()))


def _read(operation: str, response: HttpResponse) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(response[2] or "{}")
    if response[0] >= 400:
        raise Refused(f"{operation}: {content.get('Message') or content.get('message')}")
    return content


def _call_control_plane(operation: str, headers: dict[str, str], body: bytes) -> HttpResponse:
    try:
        if check := REQUEST_CHECKS.get(operation):
            check(json.loads(body))
        if added := ADDED_OPERATIONS.get(operation):
            content = json.dumps(added(json.loads(body))).encode()
            return 200, {"Content-Type": "application/x-amz-json-1.1"}, content
    except Refused as error:
        return error_response("ValidationException", 400, {"__type": "ValidationException", "message": str(error)})
    return _call_moto("sagemaker", headers, body)


def _call_moto(service: str, headers: dict[str, str], body: bytes) -> HttpResponse:
    url = f"https://{service}.{get_region()}.amazonaws.com/"
    forwarded = [each for each in headers.items() if each[0].lower() in ("x-amz-target", "content-type")]
    environ = EnvironBuilder(method="POST", base_url=url, headers=forwarded, data=body).get_environ()
    request = HttpRequest(environ)
    request.from_wsgi_server = True
    if service == "sagemaker":
        _update_endpoint_statuses()
    try:
        status, response_headers, content = _RESPONSES[service].dispatch(request, url, request.headers)
    except HTTPException as error:
        status, response_headers, content = error.code or 500, {}, str(error.get_body())
    sent = {"Content-Type": "application/x-amz-json-1.1"}
    sent |= {name: value for name, value in response_headers.items() if name.lower() == "x-amzn-errortype"}
    return int(status), sent, content if isinstance(content, bytes) else content.encode()


async def _serve_autoscaling(
    method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]
) -> HttpResponse:
    return _call_moto("application-autoscaling", headers, body)


async def _serve_sagemaker(
    method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]
) -> HttpResponse:
    if path.startswith("/endpoints/"):
        if added := ADDED_CALLS.get(path.split("/")[3]):
            return added(path.split("/")[2], headers, body)
        return await _invoke(path.split("/")[2], headers, body)
    if headers.get("x-amz-target", "").endswith(".DescribeHubContent"):
        return describe_hub_content(body)
    operation = headers.get("x-amz-target", "").rpartition(".")[2]
    if refusal := check_dependent_actions(operation, headers, body):
        return refusal
    return _call_control_plane(operation, headers, body)


async def _invoke(endpoint: str, headers: dict[str, str], body: bytes) -> HttpResponse:
    try:
        described = call("DescribeEndpoint", EndpointName=endpoint)
        largest = largest_response(described["EndpointConfigName"])
    except Refused:
        return not_in_service(endpoint)
    if described["EndpointStatus"] not in ("InService", "Updating"):
        return not_in_service(endpoint)
    for check in INVOCATION_CHECKS:
        if refusal := check(described, headers):
            return refusal
    return await RUNTIME.invoke(endpoint, headers, body, largest=largest)


def largest_response(configuration: str) -> int:
    """Return how many bytes the container of a configuration may send."""
    variants = call("DescribeEndpointConfig", EndpointConfigName=configuration)["ProductionVariants"]
    if "ModelName" not in variants[0]:  # of an inference component
        return _LARGEST
    model = call("DescribeModel", ModelName=variants[0]["ModelName"])
    return int(model["PrimaryContainer"].get("Environment", {}).get("MMS_MAX_RESPONSE_SIZE", _LARGEST))


def _update_endpoint_statuses() -> None:
    """Set each endpoint's status by the time since its creation, and by its update."""
    for endpoint in models.sagemaker_backends[get_account_id()][get_region()].endpoints.values():
        ready = RUNTIME.is_ready((utcnow() - endpoint.creation_time).total_seconds())
        endpoint.endpoint_status = "Updating" if is_updating(endpoint) else "InService" if ready else "Creating"
