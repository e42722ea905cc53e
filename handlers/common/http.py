"""API Gateway's proxy events and responses: parsing, routing, and one shape for every error."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, NoReturn

from .caller import opaque, read_caller
from .context import LambdaContext
from .errors import InvalidRequest, NotFound, PayloadTooLarge, RequestError
from .limits import MAX_BODY_BYTES
from .logs import logger

ProxyResponse = dict[str, Any]
"""A response in the form of API Gateway's proxy integration."""


class Request(NamedTuple):
    """The part of a proxy event that the handlers use; header names are in lower case.

    ``caller`` stands for whoever calls and nobody else, without a name that could be read, and is empty where everybody
    may.
    """

    method: str
    resource: str
    path_parameters: Mapping[str, str]
    headers: Mapping[str, str]
    body: str | None
    is_base64: bool
    request_id: str
    stage_variables: Mapping[str, str]
    caller: str = ""

    @classmethod
    def from_event(cls, event: Mapping[str, Any], context: LambdaContext, *, auth: str = "none") -> Request:
        """Read a proxy event (payload format 1.0); what is missing from it, or of a wrong type, counts as absent.

        ``auth`` is how the API finds out who calls: see ``read_caller``, which raises UnknownCaller.
        """
        body = event.get("body")
        return cls(
            method=str(event.get("httpMethod", "")),
            resource=str(event.get("resource", "")),
            path_parameters=_string_items(event.get("pathParameters")),
            headers={name.lower(): value for name, value in _string_items(event.get("headers")).items()},
            body=body if isinstance(body, str) else None,
            is_base64=bool(event.get("isBase64Encoded")),
            request_id=_string_items(event.get("requestContext")).get("requestId") or context.aws_request_id,
            stage_variables=_string_items(event.get("stageVariables")),
            caller=opaque(read_caller(event.get("requestContext"), auth)),
        )

    def json_object(self) -> dict[str, Any]:
        """Return the body, a JSON object.

        Raises InvalidRequest when it is not one, and PayloadTooLarge above MAX_BODY_BYTES.
        """
        if not self.body:
            raise InvalidRequest("the body is empty; it must be a JSON object")
        if len(self.body) > 2 * MAX_BODY_BYTES:
            raise _too_large()
        raw = self._bytes(self.body)
        if len(raw) > MAX_BODY_BYTES:
            raise _too_large()
        try:
            # Left to itself, json reads UTF-16 and UTF-32 too, and lone surrogates.
            document = json.loads(raw.decode("utf-8-sig"), parse_constant=_refuse_constant)
        except (ValueError, RecursionError):
            raise InvalidRequest("the body is not valid JSON in UTF-8") from None
        if not isinstance(document, dict):
            raise InvalidRequest("the body must be a JSON object")
        return document

    def _bytes(self, body: str) -> bytes:
        if not self.is_base64:
            return body.encode("utf-8", "surrogatepass")
        try:
            return base64.b64decode(body, validate=True)
        except (binascii.Error, ValueError):
            raise InvalidRequest("the body is not valid base64") from None


def _string_items(mapping: object) -> Mapping[str, str]:
    """Return the strings among the items of a member of the event, which may be anything."""
    if not isinstance(mapping, Mapping):
        return {}
    return {name: value for name, value in mapping.items() if isinstance(name, str) and isinstance(value, str)}


def _too_large() -> PayloadTooLarge:
    return PayloadTooLarge(f"the body is larger than {MAX_BODY_BYTES // 1024} KiB")


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


class Response(NamedTuple):
    """What a route responds with: a status, and a JSON object as the body."""

    status: int
    body: Mapping[str, object]
    headers: Mapping[str, str] = {}


RouteFunction = Callable[[Request, LambdaContext], Response]


def serve(
    event: Mapping[str, Any],
    context: LambdaContext,
    *,
    routes: Mapping[tuple[str, str], RouteFunction],
    allowed_origin: str,
    auth: str = "none",
) -> ProxyResponse:
    """Serve a proxy event by the route of its method and resource; every failure has the error shape."""
    request = Request.from_event(event, context, auth=auth)
    response = _route(request, context, routes)
    return {
        "statusCode": response.status,
        "headers": {
            "Content-Type": "application/json",
            "Cache-Control": "no-store",
            "Access-Control-Allow-Origin": allowed_origin,
            "Access-Control-Expose-Headers": "Retry-After, X-Request-Id",
            "X-Request-Id": request.request_id,
            **response.headers,
        },
        "body": json.dumps(response.body),
        "isBase64Encoded": False,
    }


def _route(request: Request, context: LambdaContext, routes: Mapping[tuple[str, str], RouteFunction]) -> Response:
    try:
        function = routes.get((request.method, request.resource))
        if function is None:
            raise NotFound("there is no such path or method in this API")
        return function(request, context)
    except RequestError as error:
        refusal = {"code": error.code, "status": error.status, "reason": error.message}
        logger.info("refused", extra={**refusal, "request_id": request.request_id})
        return _error_response(error, request)
    except Exception:
        logger.exception("failed", extra={"request_id": request.request_id})
        return _error_response(RequestError("the request could not be completed; try again later"), request)


def _error_response(error: RequestError, request: Request) -> Response:
    body: dict[str, object] = {"code": error.code, "message": error.message, "request_id": request.request_id}
    if error.reason:
        body["reason"] = error.reason
    if error.details:
        body["details"] = [problem._asdict() for problem in error.details]
    headers = {} if error.retry_after is None else {"Retry-After": str(error.retry_after)}
    return Response(error.status, {"error": body}, headers)
