"""The ``Body`` of a REST API that serves a contract: integrations, preflight responses and the gateway's own errors."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from .document import Document, request_body
from .routes import Contract, Route
from .security import GatewayError, Security

_REQUEST_HEADERS = ("Content-Type", "Idempotency-Key")


def gateway_body(
    contract: Contract,
    *,
    integrations: Mapping[Route, object],
    allowed_origin: object,
    timeout: object,
    name: object,
    security: Sequence[Security] = (),
) -> Document:
    """Return the ``Body`` of a REST API that serves this contract.

    ``name`` is the API's: an import takes it from the title, and alarms find the API by it.
    ``integrations`` has the invocation URI of the function of each route; ``allowed_origin`` is a quoted mapping
    expression; ``timeout`` is in milliseconds. Requests are validated for their shape here and field by field in the
    handlers, which can say what is wrong with each field: API Gateway cannot. Every route asks for all of ``security``,
    but not what browsers send before a request, which has no credentials.
    """
    required = _required(security)
    headers = [*_REQUEST_HEADERS, *dict.fromkeys(header for each in security for header in each.headers)]
    paths: Document = {}
    for path, routes in contract.methods_by_path().items():
        operations = {
            route.method.lower(): {**_operation(route, integrations[route], timeout), **required} for route in routes
        }
        paths[path] = {**operations, "options": _preflight(path, routes, allowed_origin, headers)}
    # The schemas of responses would become models that nothing validates.
    request_schemas = sorted({route.request for route in contract.routes if route.request})
    return {
        "openapi": "3.0.1",
        "info": {"title": name, "version": "1.0"},
        "paths": paths,
        "components": {
            "schemas": {schema: {"type": "object"} for schema in request_schemas},
            **({"securitySchemes": {each.name: each.imported for each in security}} if security else {}),
        },
        "x-amazon-apigateway-request-validators": {
            "body": {"validateRequestBody": True, "validateRequestParameters": False}
        },
        "x-amazon-apigateway-gateway-responses": _gateway_responses(allowed_origin, security),
    }


def _required(security: Sequence[Security]) -> Document:
    # API Gateway's own exports have a key and an authorizer as two requirements, and it demands both.
    return {"security": [{each.name: list(each.scopes)} for each in security]} if security else {}


def _path_parameters(path: str) -> Document:
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"{(\w+)}", path)
    ]
    return {"parameters": parameters} if parameters else {}


def _operation(route: Route, uri: object, timeout: object) -> Document:
    return {
        "operationId": route.operation_id,
        "summary": route.summary,
        **_path_parameters(route.path),
        **request_body(route),
        "responses": {},
        "x-amazon-apigateway-request-validator": "body",
        "x-amazon-apigateway-integration": {
            "type": "aws_proxy",
            "httpMethod": "POST",
            "uri": uri,
            "timeoutInMillis": timeout,
            "passthroughBehavior": "when_no_match",
        },
    }


def _preflight(path: str, routes: list[Route], allowed_origin: object, request_headers: Sequence[str]) -> Document:
    methods = [*sorted(route.method for route in routes), "OPTIONS"]
    headers = {
        "Access-Control-Allow-Origin": allowed_origin,
        "Access-Control-Allow-Methods": "'" + ",".join(methods) + "'",
        "Access-Control-Allow-Headers": "'" + ",".join(request_headers) + "'",
        "Access-Control-Max-Age": "'86400'",
    }
    return {
        "summary": "CORS preflight",
        **_path_parameters(path),
        "responses": {
            "204": {
                "description": "What other origins may do",
                "headers": {name: {"schema": {"type": "string"}} for name in headers},
            }
        },
        "x-amazon-apigateway-integration": {
            "type": "mock",
            "requestTemplates": {"application/json": '{"statusCode": 204}'},
            "passthroughBehavior": "when_no_match",
            "responses": {
                "default": {
                    "statusCode": "204",
                    "responseParameters": {f"method.response.header.{name}": value for name, value in headers.items()},
                    "responseTemplates": {"application/json": ""},
                }
            },
        },
    }


# The gateway's own errors by response type. The defaults cover the types that are not here.
_GATEWAY_ERRORS: dict[str, GatewayError] = {
    "BAD_REQUEST_BODY": GatewayError(
        400, "invalid_request", '"The body must be a JSON object: see the API description."'
    ),
    "MISSING_AUTHENTICATION_TOKEN": GatewayError(404, "not_found", '"There is no such path or method in this API."'),
    "REQUEST_TOO_LARGE": GatewayError(413, "payload_too_large", '"The request is larger than this API takes."'),
    "THROTTLED": GatewayError(429, "too_many_requests", '"Too many requests at the moment; try again shortly."'),
    "INTEGRATION_TIMEOUT": GatewayError(504, "model_timeout", '"The model did not answer in time; try again."'),
    "INTEGRATION_FAILURE": GatewayError(502, "internal_error", '"The request could not be completed; try again."'),
    "DEFAULT_4XX": GatewayError(None, "invalid_request", "$context.error.messageString"),
    "DEFAULT_5XX": GatewayError(None, "internal_error", '"The request could not be completed; try again."'),
}
_RETRY_AFTER_SECONDS = {"THROTTLED": 1}


def _gateway_responses(allowed_origin: object, security: Sequence[Security]) -> Document:
    errors = dict(_GATEWAY_ERRORS)
    for each in security:
        errors |= each.errors
    return {kind: _gateway_response(kind, error, allowed_origin) for kind, error in errors.items()}


def _gateway_response(kind: str, error: GatewayError, allowed_origin: object) -> Document:
    parameters: Document = {"gatewayresponse.header.Access-Control-Allow-Origin": allowed_origin}
    if kind in _RETRY_AFTER_SECONDS:
        parameters["gatewayresponse.header.Retry-After"] = f"'{_RETRY_AFTER_SECONDS[kind]}'"
        parameters["gatewayresponse.header.Access-Control-Expose-Headers"] = "'Retry-After'"
    body = f'{{"error":{{"code":"{error.code}","message":{error.message},"request_id":"$context.requestId"}}}}'
    response: Document = {"responseParameters": parameters, "responseTemplates": {"application/json": body}}
    if error.status is not None:
        response["statusCode"] = error.status
    return response
