"""What comes of a request of InvokeEndpointAsync: an object in S3, and a message to a topic.

The messages have the shape that is seen from the real service; the wording of a failure is SageMaker's own where a
container has failed.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from ministack.core.responses import get_region
from ministack.services import sns

from ..inference.runtime import Runtime
from ..invoke_endpoint import HttpResponse
from .encrypted_data import key_uses
from .inference_request import InferenceRequest
from .key_use import refuse_role
from .permissions import check_role
from .service_calls import call_s3, put_s3

_LOG = "See the SageMaker Endpoint logs in your account for more information."


class Notifications:
    """How often each message is published: twice or never, or later, where whoever drives the emulator says so."""

    def __init__(self) -> None:
        self.copies = 1
        self.held: list[tuple[InferenceRequest, str, str]] | None = None

    def plan(self, copies: int = 1, held: bool = False) -> None:
        """Publish each message so often, or hold it until the next plan."""
        waiting, self.held = self.held or [], [] if held else None
        self.copies = copies
        for each in waiting:
            self.publish(*each)

    def publish(self, request: InferenceRequest, topic: str, message: str) -> None:
        """Publish a message about the request as planned."""
        if self.held is not None:
            self.held.append((request, topic, message))
            return
        for _ in range(self.copies):
            request.context.copy().run(sns.publish_internal, topic, message)


NOTIFICATIONS = Notifications()
"""Those of every asynchronous endpoint."""


class _Failure(NamedTuple):
    reason: str
    body: bytes = b""


async def complete(runtime: Runtime, request: InferenceRequest, *, largest: int) -> None:
    """Have the model work on a request, store its response, and announce it."""
    try:
        body = request.body or _read(request)
    except (ValueError, PermissionError) as error:
        announce(request, reason=f"ClientError: Unable to download the input from {request.location}: {error}")
        return
    headers = {"x-amzn-sagemaker-accept": request.accept}
    response: HttpResponse | _Failure
    try:
        response = await asyncio.wait_for(
            runtime.invoke(request.endpoint, headers, body, largest=largest), request.timeout
        )
    except TimeoutError:
        response = _Failure(f"ClientError: Your invocation timed out after {request.timeout} seconds. {_LOG}")
    _store(request, response if isinstance(response, _Failure) else _failure_of(response) or response)


def _read(request: InferenceRequest) -> bytes:
    _check(request.role, "s3:GetObject", _arn(request.location))
    return call_s3("GET", request.location.removeprefix("s3:/"))


def _failure_of(response: HttpResponse) -> _Failure | None:
    status, headers, body = response
    if status >= 400:
        error = json.loads(body)
        original = int(error.get("OriginalStatusCode", 503))
        side = "client" if 400 <= original < 500 else "server"
        words = f'Received {side} error ({original}) from model with message "{error.get("OriginalMessage", "")}".'
        return _Failure(f"ClientError: {words} {_LOG}", str(error.get("OriginalMessage", "")).encode())
    if int(headers.get("Content-Length", len(body))) != len(body):  # the connection to the container is lost
        return _Failure(f"ClientError: Received server error (500) from model. {_LOG}")
    return None


def _store(request: InferenceRequest, response: HttpResponse | _Failure) -> None:
    failed = isinstance(response, _Failure)
    location = request.failure if failed else request.result
    body = response.body if isinstance(response, _Failure) else response[2]
    try:
        if location:
            _check(request.role, "s3:PutObject", _arn(location))
            put_s3(location.removeprefix("s3:/"), body)
    except (ValueError, PermissionError) as error:
        announce(request, reason=f"ClientError: Unable to upload the output to {location}: {error}")
        return
    announce(request, reason=response.reason if isinstance(response, _Failure) else "")


def announce(request: InferenceRequest, *, reason: str = "") -> None:
    """Publish that a request has a response, or that it failed for this reason, if the role may."""
    topics = request.output.get("NotificationConfig", {})
    topic = topics.get("ErrorTopic" if reason else "SuccessTopic")
    if not topic:
        return
    try:
        _check(request.role, "sns:Publish", topic)
    except PermissionError as error:
        print("refused", error, flush=True)
        return
    NOTIFICATIONS.publish(request, topic, json.dumps(_message(request, reason)))


def _message(request: InferenceRequest, reason: str) -> Mapping[str, Any]:
    outcome: dict[str, Any] = {"invocationStatus": "Failed", "failureReason": reason}
    if not reason:
        response = {"contentType": request.accept or "application/json", "outputLocation": request.result}
        outcome = {"invocationStatus": "Completed", "responseParameters": response}
    return {
        "awsRegion": get_region(),
        "eventTime": _timestamp(time.time()),
        "receivedTime": _timestamp(request.received),
        "requestParameters": {
            "accept": request.accept,
            "contentType": request.content_type,
            "endpointName": request.endpoint,
            "inputLocation": request.location,
        },
        "inferenceId": request.inference_id,
        "eventVersion": "1.0",
        "eventSource": "aws:sagemaker",
        "eventName": "InferenceResult",
        **outcome,
    }


def _timestamp(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _arn(location: str) -> str:
    return f"arn:aws:s3:::{location.removeprefix('s3://')}"


def _check(role: str, action: str, resource: str) -> None:
    if check_role(role, [action], resource):
        raise PermissionError(f"{action} on {resource} to {role.rpartition('/')[2]}")
    if refused := refuse_role(role, key_uses(action, resource)):
        raise PermissionError(refused.message)
