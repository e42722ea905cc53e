"""Responses of Amazon Bedrock's runtime: its errors by code, and responses of SageMaker as it would give them.

The codes and their statuses are those of botocore's model of ``bedrock-runtime``; the sentences are those that people
report from the real service, or its documentation's.
"""

from __future__ import annotations

import json
from typing import Any

from .invoke_endpoint import HttpResponse, error_response
from .protocol import ModelFault

_STATUSES = {
    "AccessDeniedException": 403,
    "ConflictException": 400,
    "InternalServerException": 500,
    "ModelErrorException": 424,
    "ModelNotReadyException": 429,
    "ModelTimeoutException": 408,
    "ResourceNotFoundException": 404,
    "ServiceQuotaExceededException": 400,
    "ServiceUnavailableException": 503,
    "ThrottlingException": 429,
    "ValidationException": 400,
}
_FAULTS = {
    ModelFault.THROTTLED: ("ThrottlingException", "Too many requests, please wait before trying again."),
    ModelFault.NOT_READY: ("ModelNotReadyException", "The model is not ready for inference. Please try again."),
    ModelFault.CLIENT_ERROR: (
        "ValidationException",
        "Malformed input request, please reformat your input and try again.",
    ),
    ModelFault.SERVER_ERROR: (
        "InternalServerException",
        "The system encountered an unexpected error during processing. Try your request again.",
    ),
    ModelFault.TIMED_OUT: (
        "ModelTimeoutException",
        "Model has timed out in processing the request. Try your request again.",
    ),
}


def bedrock_error(code: str, message: str) -> HttpResponse:
    """Return an error of the service."""
    return error_response(code, _STATUSES[code], {"message": message})


def bedrock_response(document: dict[str, Any]) -> HttpResponse:
    """Return what the service responds with when all is well."""
    return 200, {"Content-Type": "application/json"}, json.dumps(document).encode()


def bedrock_fault(fault: ModelFault) -> HttpResponse | None:
    """Return the error with which the service refuses a call that meets this fault, if it refuses it."""
    return bedrock_error(*_FAULTS[fault]) if fault in _FAULTS else None


def as_bedrock_error(response: HttpResponse) -> HttpResponse:
    """Return SageMaker's refusal of a call as Bedrock's: what stands behind an endpoint stands behind a model here."""
    _, headers, body = response
    fields = json.loads(body)
    message = str(fields.get("OriginalMessage") or fields.get("Message", ""))
    status = int(fields.get("OriginalStatusCode", 0))
    if headers.get("x-amzn-ErrorType") != "ModelError":
        return bedrock_error("ServiceUnavailableException", message)
    if status == 422:
        return bedrock_error("ValidationException", "Input is too long for requested model.")
    if 400 <= status < 500:
        return bedrock_error("ValidationException", message)
    return bedrock_error("ModelErrorException" if status else "ModelTimeoutException", message)
