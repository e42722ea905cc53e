"""SageMaker and Application Auto Scaling, which ministack lacks: moto's control planes, and stand-in models."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from ministack import app
from ministack.core import router
from moto.applicationautoscaling.responses import ApplicationAutoScalingResponse
from moto.core.request import Request
from moto.sagemaker import models
from moto.sagemaker.responses import SageMakerResponse
from werkzeug.exceptions import HTTPException
from werkzeug.test import EnvironBuilder

from .control import answer_control
from .model import ModelAnswer, ask_model

HttpAnswer = tuple[int, dict[str, str], bytes]
_TARGETS = {"sagemaker": "SageMaker", "application-autoscaling": "AnyScaleFrontendService"}
_RESPONSES: dict[str, Any] = {
    "sagemaker": SageMakerResponse,
    "application-autoscaling": ApplicationAutoScalingResponse,
}


class Refused(ValueError):
    """SageMaker did not accept a request."""


class Faults:
    """What models are to answer instead of what they would."""

    def __init__(self) -> None:
        self._planned: dict[str, list[ModelAnswer]] = {}
        self._without_jpeg: set[str] = set()

    def plan(self, endpoint: str, status: int, message: str, times: int) -> None:
        """Have the endpoint's next calls fail; this replaces what was planned before."""
        body = json.dumps({"error": message}).encode()
        self._planned[endpoint] = [ModelAnswer(status, "application/json", body)] * times

    def allow_jpeg(self, endpoint: str, allowed: bool) -> None:
        """Have the endpoint's container know JPEG, or pixel arrays alone."""
        (self._without_jpeg.discard if allowed else self._without_jpeg.add)(endpoint)

    def accepted(self, endpoint: str, accept: str) -> str:
        """Return what the endpoint's container makes of an Accept header."""
        return "application/json" if endpoint in self._without_jpeg else accept

    def next_of(self, endpoint: str) -> ModelAnswer | None:
        """Return what the endpoint's next call is to be answered with, if that is planned."""
        planned = self._planned.get(endpoint)
        return planned.pop() if planned else None


FAULTS = Faults()


def install() -> None:
    """Add the services to ministack's router."""
    for service, target in _TARGETS.items():
        router.SERVICE_PATTERNS[service] = {"target_prefixes": [f"{target}."], "host_patterns": []}
    app.SERVICE_HANDLERS["sagemaker"] = _answer_sagemaker
    app.SERVICE_HANDLERS["application-autoscaling"] = _answer_autoscaling
    answer_control("PUT", "model", FAULTS.plan)
    answer_control("PUT", "jpeg", FAULTS.allow_jpeg)
    # moto's list of instance types is older than the models; the template's own list is checked by cfn-lint.
    setattr(models.FakeEndpointConfig, "validate_instance_type", lambda self, instance_type: None)  # noqa: B010


def call(operation: str, **parameters: object) -> dict[str, Any]:
    """Call SageMaker's control plane from inside the emulator; raises Refused."""
    headers = {"X-Amz-Target": f"SageMaker.{operation}", "Content-Type": "application/x-amz-json-1.1"}
    status, _, body = _ask_moto("sagemaker", headers, json.dumps(parameters).encode())
    answer: dict[str, Any] = json.loads(body or "{}")
    if status >= 400:
        raise Refused(f"{operation}: {answer.get('Message') or answer.get('message')}")
    return answer


def _ask_moto(service: str, headers: dict[str, str], body: bytes) -> HttpAnswer:
    from ministack.core.responses import get_region

    url = f"https://{service}.{get_region()}.amazonaws.com/"
    kept = [each for each in headers.items() if each[0].lower() in ("x-amz-target", "content-type")]
    environ = EnvironBuilder(method="POST", base_url=url, headers=kept, data=body).get_environ()
    request = Request(environ)
    request.from_wsgi_server = True
    try:
        status, answered, content = _RESPONSES[service].dispatch(request, url, request.headers)
    except HTTPException as error:
        status, answered, content = error.code or 500, {}, str(error.get_body())
    sent = {"Content-Type": "application/x-amz-json-1.1"}
    sent |= {name: value for name, value in answered.items() if name.lower() == "x-amzn-errortype"}
    return int(status), sent, content if isinstance(content, bytes) else content.encode()


async def _answer_autoscaling(
    method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]
) -> HttpAnswer:
    return _ask_moto("application-autoscaling", headers, body)


async def _answer_sagemaker(
    method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]
) -> HttpAnswer:
    if path.startswith("/endpoints/"):
        return await _invoke(path.split("/")[2], headers, body)
    return _ask_moto("sagemaker", headers, body)


async def _invoke(endpoint: str, headers: dict[str, str], body: bytes) -> HttpAnswer:
    try:
        status = call("DescribeEndpoint", EndpointName=endpoint)["EndpointStatus"]
    except Refused:
        return _runtime_error("ValidationError", 400, {"Message": f"Endpoint {endpoint} not found."})
    if status not in ("InService", "Updating"):
        message = f"Endpoint {endpoint} is not in service: {status}"
        return _runtime_error("ValidationError", 400, {"Message": message})
    accept = FAULTS.accepted(endpoint, headers.get("x-amzn-sagemaker-accept") or headers.get("accept", ""))
    planned = FAULTS.next_of(endpoint)
    answer = planned if planned is not None else await asyncio.to_thread(ask_model, body, accept)
    if answer.status < 400:
        return answer.status, {"Content-Type": answer.content_type}, answer.body
    if answer.status == 429:
        return _runtime_error("ThrottlingException", 400, {"Message": "Rate exceeded"})
    original = answer.body.decode()
    said = f'Received client error ({answer.status}) from primary with message "{original}".'
    fields = {"Message": said, "OriginalMessage": original, "OriginalStatusCode": answer.status}
    return _runtime_error("ModelError", 424, fields)


def _runtime_error(code: str, status: int, fields: dict[str, object]) -> HttpAnswer:
    headers = {"Content-Type": "application/json", "x-amzn-ErrorType": code}
    return status, headers, json.dumps(fields).encode()
