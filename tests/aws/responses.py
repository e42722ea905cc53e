"""HTTP responses as a service would send them: results by the API's model, and errors, each in the right protocol."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

from moto.core.serialize import get_serializer_class

from tests.aws.operations import Call, service_model

_REQUEST_ID = "11111111-2222-3333-4444-555555555555"
_XML = {"Content-Type": "text/xml"}


class HttpResponse(NamedTuple):
    """An HTTP response, whole."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def result(call: Call, data: Mapping[str, Any]) -> HttpResponse:
    """Return the response with this result of the operation, as boto3 would give it to its caller."""
    model = service_model(call.service).operation_model(call.operation)
    sent = get_serializer_class(call.service, _protocol(call))(model).serialize(data)
    body = sent["body"]
    return HttpResponse(sent["status_code"], sent["headers"], body if isinstance(body, bytes) else body.encode())


def _protocol(call: Call) -> str:
    """Return the protocol that the caller has chosen of those that the service speaks."""
    if "x-amz-target" in call.headers:
        return "json"
    protocol = service_model(call.service).protocol
    return "query" if "Action" in call.parameters and protocol != "ec2" else protocol


def failure(call: Call, code: str, message: str, status: int) -> HttpResponse:
    """Return the response with this error."""
    if "x-amz-target" in call.headers:
        return _json_failure("application/x-amz-json-1.1", code, message, status)
    protocol = service_model(call.service).protocol if call.service else "query"
    if protocol == "rest-json":
        return _json_failure("application/json", code, message, status)
    if call.method == "HEAD":
        return HttpResponse(status, {}, b"")
    return HttpResponse(status, _XML, _xml_failure(call.service, escape(code), escape(message)).encode())


def _json_failure(content_type: str, code: str, message: str, status: int) -> HttpResponse:
    headers = {"Content-Type": content_type, "x-amzn-ErrorType": code, "x-amzn-RequestId": _REQUEST_ID}
    return HttpResponse(status, headers, json.dumps({"__type": code, "message": message}).encode())


def _xml_failure(service: str, code: str, message: str) -> str:
    error = f"<Code>{code}</Code><Message>{message}</Message>"
    if service == "s3":
        return f"<Error>{error}<RequestId>{_REQUEST_ID}</RequestId></Error>"
    if service == "ec2":
        return f"<Response><Errors><Error>{error}</Error></Errors><RequestID>{_REQUEST_ID}</RequestID></Response>"
    wrapped = f"<Error><Type>Sender</Type>{error}</Error>"
    return f"<ErrorResponse>{wrapped}<RequestId>{_REQUEST_ID}</RequestId></ErrorResponse>"
