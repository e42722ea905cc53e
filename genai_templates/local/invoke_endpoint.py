"""Responses of InvokeEndpoint, as botocore's model of ``sagemaker-runtime`` describes them.

The sentences of ModelError are those that people report from the real service.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

HttpResponse = tuple[int, dict[str, str], bytes]
"""Status, headers and body."""

RUNTIME_SECONDS = 60
"""SageMaker's time limit for a container.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html
"""

_TIMED_OUT = (
    "Your invocation timed out while waiting for a response from container primary. Review the latency metrics for "
    "each container in Amazon CloudWatch, resolve the issue, and try again."
)


@dataclass(frozen=True)
class ModelResponse:
    """Response of a model container."""

    status: int
    content_type: str
    body: bytes


def container_error(status: int, message: str) -> ModelResponse:
    """Return an error as the model server of JumpStart's containers words it."""
    body = {"code": status, "type": "InternalServerException", "message": message}
    return ModelResponse(status, "application/json", json.dumps(body).encode())


def endpoint_response(endpoint: str, response: ModelResponse) -> HttpResponse:
    """Return SageMaker's response to a call that the container has responded to."""
    if response.status < 400:
        sent = {"Content-Type": response.content_type, "x-Amzn-Invoked-Production-Variant": "AllTraffic"}
        return response.status, sent, response.body
    return _model_error(endpoint, response.status, response.body.decode("utf-8", "replace"))


def timed_out(endpoint: str) -> HttpResponse:
    """Return SageMaker's response when the container took longer than it may."""
    return _model_error(endpoint, 0, _TIMED_OUT)


def throttled() -> HttpResponse:
    """Return SageMaker's response to too many calls."""
    return error_response("ThrottlingException", 400, {"Message": "Rate exceeded"})


def unavailable(reason: str) -> HttpResponse:
    """Return SageMaker's response when it cannot serve the call."""
    return error_response("ServiceUnavailable", 503, {"Message": reason})


def not_in_service(endpoint: str) -> HttpResponse:
    """Return SageMaker's response when an endpoint is missing or not there yet: the same for both."""
    account, _ = _place()
    return call_refused(f"Endpoint {endpoint} of account {account} not found.")


def call_refused(message: str) -> HttpResponse:
    """Return SageMaker's response to a call that it does not take, for this reason."""
    return error_response("ValidationError", 400, {"Message": message})


def access_denied(action: str, caller: str, resource: str) -> HttpResponse:
    """Return the response to a caller without the permission."""
    message = f"User: {caller} is not authorized to perform: {action} on resource: {resource}"
    return error_response("AccessDeniedException", 400, {"Message": message})


def _model_error(endpoint: str, status: int, original: str) -> HttpResponse:
    account, region = _place()
    group = f"/aws/sagemaker/Endpoints/{endpoint}"
    console = f"https://{region}.console.aws.amazon.com/cloudwatch/home?region={region}#logEventViewer:group={group}"
    side = "client" if 400 <= status < 500 else "server"
    message = (
        f'Received {side} error ({status}) from primary with message "{original}". See {console} in account {account} '
        "for more information."
    )
    fields = {
        "Message": message,
        "OriginalMessage": original,
        "OriginalStatusCode": status,
        "LogStreamArn": f"arn:aws:logs:{region}:{account}:log-group:{group}",
    }
    return error_response("ModelError", 424, fields)


def error_response(code: str, status: int, fields: dict[str, object]) -> HttpResponse:
    """Return an error of this code."""
    headers = {"Content-Type": "application/json", "x-amzn-ErrorType": code}
    return status, headers, json.dumps(fields).encode()


def _place() -> tuple[str, str]:
    from ministack.core.responses import get_account_id, get_region

    return get_account_id(), get_region()
