"""The ``Body`` of a REST API that serves a contract: integrations, preflight responses and the gateway's own errors."""

from __future__ import annotations

import re
from collections.abc import Mapping

from .document import Document, request_body
from .routes import Contract, Route


def gateway_body(
    contract: Contract,
    *,
    integrations: Mapping[Route, object],
    allowed_origin: object,
    timeout: object,
    name: object,
    api_key_required: bool = False,
    has_firewall: bool = False,
) -> Document:
    """Return the ``Body`` of a REST API that serves this contract.

    ``name`` is the API's: an import takes it from the title, and alarms find the API by it.
    ``integrations`` has the invocation URI of the function of each route; ``allowed_origin`` is a quoted mapping
    expression; ``timeout`` is in milliseconds. Requests are validated for their shape here and field by field in the
    handlers, which can say what is wrong with each field: API Gateway cannot. ``api_key_required`` is for an API that
    its distribution alone has a key of; ``has_firewall`` is for one behind a web ACL.
    """
    paths: Document = {}
    for path, routes in contract.methods_by_path().items():
        operations = {
            route.method.lower(): {**_operation(route, integrations[route], timeout), **_security(api_key_required)}
            for route in routes
        }
        paths[path] = {**operations, "options": _preflight(path, routes, allowed_origin)}
    # The schemas of responses would become models that nothing validates.
    request_schemas = sorted({route.request for route in contract.routes if route.request})
    return {
        "openapi": "3.0.1",
        "info": {"title": name, "version": "1.0"},
        "paths": paths,
        "components": {
            "schemas": {schema: {"type": "object"} for schema in request_schemas},
            **({"securitySchemes": _API_KEY_SCHEME} if api_key_required else {}),
        },
        "x-amazon-apigateway-request-validators": {
            "body": {"validateRequestBody": True, "validateRequestParameters": False}
        },
        "x-amazon-apigateway-gateway-responses": _gateway_responses(
            {
                **_GATEWAY_ERRORS,
                **(_DISTRIBUTION_ERRORS if api_key_required else {}),
                **(_FIREWALL_ERRORS if has_firewall else {}),
            },
            allowed_origin,
        ),
    }


_API_KEY_SCHEME = {"api_key": {"type": "apiKey", "name": "x-api-key", "in": "header"}}


def _security(api_key_required: bool) -> Document:
    return {"security": [{"api_key": []}]} if api_key_required else {}


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


def _preflight(path: str, routes: list[Route], allowed_origin: object) -> Document:
    methods = [*sorted(route.method for route in routes), "OPTIONS"]
    headers = {
        "Access-Control-Allow-Origin": allowed_origin,
        "Access-Control-Allow-Methods": "'" + ",".join(methods) + "'",
        "Access-Control-Allow-Headers": "'Content-Type,Idempotency-Key'",
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


# The gateway's own errors by response type: status, code and message, of which a quoted one is JSON already. The
# defaults cover the types that are not here.
_GATEWAY_ERRORS: dict[str, tuple[int | None, str, str]] = {
    "BAD_REQUEST_BODY": (400, "invalid_request", '"The body must be a JSON object: see the API description."'),
    "MISSING_AUTHENTICATION_TOKEN": (404, "not_found", '"There is no such path or method in this API."'),
    "REQUEST_TOO_LARGE": (413, "payload_too_large", '"The request is larger than this API takes."'),
    "THROTTLED": (429, "too_many_requests", '"Too many requests at the moment; try again shortly."'),
    "INTEGRATION_TIMEOUT": (504, "model_timeout", '"The model did not answer in time; try again."'),
    "INTEGRATION_FAILURE": (502, "internal_error", '"The request could not be completed; try again."'),
    "DEFAULT_4XX": (None, "invalid_request", "$context.error.messageString"),
    "DEFAULT_5XX": (None, "internal_error", '"The request could not be completed; try again."'),
}
_DISTRIBUTION_ERRORS: dict[str, tuple[int | None, str, str]] = {
    "INVALID_API_KEY": (
        403,
        "forbidden",
        '"This API is called through its web site alone: add /api to the site\'s URL."',
    ),
}
_FIREWALL_ERRORS: dict[str, tuple[int | None, str, str]] = {
    "WAF_FILTERED": (403, "request_blocked", '"The firewall refused this request."'),
}
_RETRY_AFTER_SECONDS = {"THROTTLED": 1}


def _gateway_responses(errors: dict[str, tuple[int | None, str, str]], allowed_origin: object) -> Document:
    return {kind: _gateway_response(kind, *facts, allowed_origin) for kind, facts in errors.items()}


def _gateway_response(kind: str, status: int | None, code: str, message: str, allowed_origin: object) -> Document:
    parameters: Document = {"gatewayresponse.header.Access-Control-Allow-Origin": allowed_origin}
    if kind in _RETRY_AFTER_SECONDS:
        parameters["gatewayresponse.header.Retry-After"] = f"'{_RETRY_AFTER_SECONDS[kind]}'"
        parameters["gatewayresponse.header.Access-Control-Expose-Headers"] = "'Retry-After'"
    body = f'{{"error":{{"code":"{code}","message":{message},"request_id":"$context.requestId"}}}}'
    response: Document = {"responseParameters": parameters, "responseTemplates": {"application/json": body}}
    if status is not None:
        response["statusCode"] = status
    return response
