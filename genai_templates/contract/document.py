"""The OpenAPI document of a contract, as clients and fuzzers read it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .routes import Contract, Route
from .schemas import reference
from .security import Security

Document = dict[str, Any]

_SERVERS = [
    {"url": "/api", "description": "The page's own origin: the distribution"},
    {
        "url": "https://{api_id}.execute-api.{region}.{suffix}/prod",
        "description": "The API's own URL: the output ApiGatewayUrl",
        "variables": {
            "api_id": {"default": "abc123"},
            "region": {"default": "us-east-1"},
            "suffix": {"default": "amazonaws.com"},
        },
    },
]

_ERRORS = {
    400: "What is wrong with the request, field by field",
    401: "Nobody is signed in, or the key or token is not valid",
    403: "The caller may not use this API",
    404: "Not found",
    409: "The idempotency key was used with another body",
    413: "The request is too large",
    429: "Too many requests",
    500: "Something failed unexpectedly",
    502: "The model or the function failed",
    503: "Not now: the model is not ready yet, or the job could not be started",
    504: "No response in time",
}
# What every route may respond with: throttling, a function that fails, and one that takes too long.
_ANYWHERE = (429, 500, 502, 504)
_WITH_RETRY_AFTER = (429, 503)


def openapi_document(contract: Contract, *, note: str = "", security: Sequence[Security] = ()) -> Document:
    """Return the OpenAPI document of a contract, with a note on what is served by it, and what it asks of callers."""
    statuses = [status for each in security for status in each.statuses]
    schemes = {each.name: each.published for each in security}
    return {
        "openapi": "3.0.1",
        "info": {"title": contract.title, "version": "1.0", **({"description": note} if note else {})},
        "servers": _SERVERS,
        **({"security": [{name: [] for name in schemes}]} if schemes else {}),
        "paths": {
            path: {route.method.lower(): _operation(contract, route, statuses) for route in routes}
            for path, routes in contract.methods_by_path().items()
        },
        "components": {
            "schemas": dict(contract.schemas),
            **({"securitySchemes": schemes} if schemes else {}),
        },
    }


def request_body(route: Route) -> Document:
    """Return the member of an operation that describes the request's body, where there is one."""
    return {"requestBody": {"required": True, "content": _json(route.request)}} if route.request else {}


def _operation(contract: Contract, route: Route, statuses: Sequence[int]) -> Document:
    parameters = [{"name": name, **contract.parameters[name]} for name in route.parameters]
    return {
        "operationId": route.operation_id,
        "summary": route.summary,
        **({"parameters": parameters} if parameters else {}),
        **request_body(route),
        "responses": _responses(route, statuses),
    }


def _responses(route: Route, statuses: Sequence[int]) -> Document:
    status, schema, description = route.response
    errors = {str(error): _error_response(error) for error in sorted({*route.errors, *statuses, *_ANYWHERE})}
    return {str(status): {"description": description, "content": _json(schema)}, **errors}


def _error_response(status: int) -> Document:
    response: Document = {"description": _ERRORS[status], "content": _json("Error")}
    if status in _WITH_RETRY_AFTER:
        response["headers"] = {
            "Retry-After": {
                "description": "Seconds until another try makes sense",
                "schema": {"type": "integer", "minimum": 0},
            }
        }
    return response


def _json(schema: str) -> Document:
    return {"application/json": {"schema": reference(schema)}}
