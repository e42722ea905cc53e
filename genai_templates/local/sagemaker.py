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
from .faults import Faults, play
from .model import ask_model
from .wire import HttpAnswer, answered, not_in_service

_TARGETS = {"sagemaker": "SageMaker", "application-autoscaling": "AnyScaleFrontendService"}
_RESPONSES: dict[str, Any] = {
    "sagemaker": SageMakerResponse,
    "application-autoscaling": ApplicationAutoScalingResponse,
}


class Refused(ValueError):
    """SageMaker did not accept a request."""


FAULTS = Faults()
_WITHOUT_JPEG: set[str] = set()


def install() -> None:
    """Add the services to ministack's router."""
    for service, target in _TARGETS.items():
        router.SERVICE_PATTERNS[service] = {"target_prefixes": [f"{target}."], "host_patterns": []}
    app.SERVICE_HANDLERS["sagemaker"] = _answer_sagemaker
    app.SERVICE_HANDLERS["application-autoscaling"] = _answer_autoscaling
    answer_control("PUT", "model/fault", FAULTS.plan)
    answer_control("PUT", "model/jpeg", _allow_jpeg)
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


def _allow_jpeg(endpoint: str, allowed: bool) -> None:
    (_WITHOUT_JPEG.discard if allowed else _WITHOUT_JPEG.add)(endpoint)


async def _invoke(endpoint: str, headers: dict[str, str], body: bytes) -> HttpAnswer:
    try:
        status = call("DescribeEndpoint", EndpointName=endpoint)["EndpointStatus"]
    except Refused:
        return not_in_service(endpoint)
    if status not in ("InService", "Updating"):
        return not_in_service(endpoint)
    accept = headers.get("x-amzn-sagemaker-accept") or headers.get("accept", "")
    if endpoint in _WITHOUT_JPEG:
        accept = "application/json"
    if fault := FAULTS.next_of(endpoint):
        return await asyncio.to_thread(play, fault, endpoint, body, accept)
    return answered(endpoint, await asyncio.to_thread(ask_model, body, accept))
