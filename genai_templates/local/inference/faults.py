"""Injected faults of model endpoints, each as it looks on the wire."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

from ..invoke_endpoint import (
    HttpResponse,
    ModelResponse,
    container_error,
    endpoint_response,
    not_in_service,
    throttled,
    timed_out,
)
from ..protocol import ModelFault
from ..stand_in.model import invoke_model

_REFUSALS: dict[ModelFault, Callable[[str], HttpResponse]] = {
    ModelFault.THROTTLED: lambda endpoint: throttled(),
    ModelFault.NOT_READY: not_in_service,
    ModelFault.CLIENT_ERROR: lambda endpoint: endpoint_response(endpoint, container_error(400, "prediction_failure")),
    ModelFault.SERVER_ERROR: lambda endpoint: endpoint_response(endpoint, container_error(500, "CUDA out of memory.")),
    ModelFault.TIMED_OUT: timed_out,
}


_BEFORE_THE_CONTAINER = (ModelFault.THROTTLED, ModelFault.NOT_READY)


class Faults:
    """Faults that the next calls of the endpoints are to meet."""

    def __init__(self) -> None:
        self._planned: dict[str, list[ModelFault]] = {}

    def plan(self, endpoint: str, fault: str, times: int) -> None:
        """Have the endpoint's next calls fail; this replaces what was planned before."""
        self._planned[endpoint] = [ModelFault(fault)] * times

    def next_of(self, endpoint: str) -> ModelFault | None:
        """Return the fault that the endpoint's next call is to meet, if one is planned."""
        planned = self._planned.get(endpoint)
        return planned.pop() if planned else None

    def next_refusal(self, endpoint: str) -> HttpResponse | None:
        """Return the refusal of the endpoint's next call, if one is planned that is not the container's."""
        planned = self._planned.get(endpoint)
        return _REFUSALS[planned.pop()](endpoint) if planned and planned[-1] in _BEFORE_THE_CONTAINER else None


def fault_response(fault: ModelFault, endpoint: str, body: bytes, accept: str) -> HttpResponse:
    """Return the response that a call of the endpoint with this fault gets."""
    if refusal := _REFUSALS.get(fault):
        return refusal(endpoint)
    response = invoke_model(_narrowed(body) if fault is ModelFault.OTHER_SIZE else body, accept)
    if response.status >= 400 or fault is ModelFault.OTHER_SIZE:
        return endpoint_response(endpoint, response)
    if fault is ModelFault.CONNECTION_LOST:
        status, headers, sent = endpoint_response(endpoint, response)
        return status, {**headers, "Content-Length": str(len(sent))}, sent[: len(sent) // 2]
    if fault is ModelFault.MALFORMED_JSON:
        return endpoint_response(
            endpoint, ModelResponse(200, response.content_type, response.body[: len(response.body) // 2])
        )
    damaged = _damaged(json.loads(response.body), _cut if fault is ModelFault.TRUNCATED else _replaced)
    return endpoint_response(endpoint, ModelResponse(200, response.content_type, json.dumps(damaged).encode()))


def _narrowed(body: bytes) -> bytes:
    request = json.loads(body)
    if "prompt" in request:
        request["width"] = max(8, int(request.get("width", 512)) // 16 * 8)
    return json.dumps(request).encode()


def _damaged(document: Any, damage: Callable[[Any], Any]) -> Any:
    if isinstance(document, dict):
        return {**document, "generated_images": [damage(image) for image in document["generated_images"]]}
    return damage(document)


def _cut(content: Any) -> Any:
    """Leave the first half: of a JPEG's bytes, or of an image's rows and of the last one's pixels; or of a list."""
    if isinstance(content, str):
        data = base64.b64decode(content)
        return base64.b64encode(data[: len(data) // 2]).decode()
    rows = content[: len(content) // 2]
    return [*rows[:-1], rows[-1][: len(rows[-1]) // 2]] if rows else []


def _replaced(content: Any) -> Any:
    """Replace an image by what is not one, and a text by none."""
    if isinstance(content, str):
        return base64.b64encode(b"This is not an image.").decode()
    return [{"generated_text": None}] if isinstance(content[0], dict) else "This is not an image."
