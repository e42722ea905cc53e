"""The HTTP contract of both applications as OpenAPI documents, and what API Gateway needs on top.

``text_document`` and ``image_document`` are the contract, for clients and fuzzers. ``gateway_body`` turns one into
the ``Body`` of a REST API: integrations, preflight answers and the gateway's own errors.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .openapi_schemas import answer, error_answers, image_schemas, request_body, text_schemas

Document = dict[str, Any]
Route = tuple[str, str]
"""A path of the API and a method in lower case."""


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


def _document(title: str, paths: Document, components: Document) -> Document:
    return {
        "openapi": "3.0.1",
        "info": {"title": title, "version": "1.0"},
        "servers": _SERVERS,
        "paths": paths,
        "components": {"schemas": components},
    }


def _operation(operation_id: str, summary: str, responses: Document, **more: object) -> Document:
    return {"operationId": operation_id, "summary": summary, "responses": responses, **more}


_STATUS = {
    "get": _operation(
        "getStatus",
        "Whether the model is ready to answer",
        {"200": answer("EndpointStatus", "The endpoint's state"), **error_answers()},
    )
}


def text_document() -> Document:
    """Return the contract of the text application."""
    failures = error_answers(400, 413, 503)
    paths = {
        "/summarize": {
            "post": _operation(
                "summarize",
                "Summarise a text",
                {"200": answer("Summary", "The summary"), **failures},
                requestBody=request_body("SummarizeRequest"),
            )
        },
        "/generate": {
            "post": _operation(
                "generate",
                "Generate text from a prompt",
                {"200": answer("GeneratedText", "The generated text"), **failures},
                requestBody=request_body("GenerateRequest"),
            )
        },
        "/status": _STATUS,
    }
    return _document("Text application", paths, text_schemas())


def image_document() -> Document:
    """Return the contract of the image application."""
    key_header = {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "Requests with the same key and body give one job",
        "schema": {"type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[!-~]([ -~]*[!-~])?$"},
    }
    job_id = {
        "name": "job_id",
        "in": "path",
        "required": True,
        "schema": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
    }
    paths = {
        "/generate": {
            "post": _operation(
                "startJob",
                "Ask for images",
                {"202": answer("JobAccepted", "The job"), **error_answers(400, 409, 413, 503)},
                parameters=[key_header],
                requestBody=request_body("GenerateRequest"),
            ),
            "get": _operation(
                "getLatestJob",
                "The latest finished job",
                {"200": answer("Job", "The job"), **error_answers(404)},
            ),
        },
        "/generate/{job_id}": {
            "get": _operation(
                "getJob",
                "One job",
                {"200": answer("Job", "The job"), **error_answers(404)},
                parameters=[job_id],
            )
        },
        "/status": _STATUS,
    }
    return _document("Image application", paths, image_schemas())


def gateway_body(
    document: Document,
    *,
    integrations: Mapping[Route, object],
    allowed_origin: object,
    timeout: object,
    name: object,
) -> Document:
    """Return the ``Body`` of a REST API that serves this document.

    ``name`` is the API's: an import takes it from the title, and alarms find the API by it.
    ``integrations`` gives every route the invocation URI of its function; ``allowed_origin`` is a quoted mapping
    expression; ``timeout`` is in milliseconds. Requests are validated for their shape here and field by field in the
    handlers, which can say what is wrong with each field: API Gateway cannot.
    """
    paths: Document = {}
    for path, operations in document["paths"].items():
        methods = {
            method: _integrated(operation, integrations[path, method], timeout)
            for method, operation in operations.items()
        }
        paths[path] = {**methods, "options": _preflight(sorted(methods), allowed_origin)}
        if "{" in path:
            paths[path]["options"]["parameters"] = _path_parameters(path)
    return {
        **{key: value for key, value in document.items() if key != "servers"},
        "info": {**document["info"], "title": name},
        "paths": paths,
        "components": {"schemas": {name: {"type": "object"} for name in _request_models(document)}},
        "x-amazon-apigateway-request-validators": {
            "body": {"validateRequestBody": True, "validateRequestParameters": False}
        },
        "x-amazon-apigateway-gateway-responses": _gateway_responses(allowed_origin),
    }


def _request_models(document: Document) -> list[str]:
    """Return the schemas of request bodies; the others would become models that nothing validates."""
    bodies = [
        operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
        for operations in document["paths"].values()
        for operation in operations.values()
        if "requestBody" in operation
    ]
    return sorted(reference.rpartition("/")[2] for reference in bodies)


def _path_parameters(path: str) -> list[Document]:
    name = path[path.index("{") + 1 : path.index("}")]
    return [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}}]


def _integrated(operation: Document, uri: object, timeout: object) -> Document:
    kept = {name: value for name, value in operation.items() if name not in ("responses", "parameters")}
    path_parameters = [
        {**parameter, "schema": {"type": "string"}}
        for parameter in operation.get("parameters", ())
        if parameter["in"] == "path"
    ]
    if path_parameters:
        kept["parameters"] = path_parameters
    return {
        **kept,
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


def _preflight(methods: list[str], allowed_origin: object) -> Document:
    headers = {
        "Access-Control-Allow-Origin": allowed_origin,
        "Access-Control-Allow-Methods": "'" + ",".join([*(m.upper() for m in methods), "OPTIONS"]) + "'",
        "Access-Control-Allow-Headers": "'Content-Type,Idempotency-Key'",
        "Access-Control-Max-Age": "'86400'",
    }
    return {
        "summary": "CORS preflight",
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


# What the gateway itself says, by its response type: status, code, message; the message in quotes of its own is
# JSON already. The defaults cover the types that are not here.
_OWN_ERRORS: dict[str, tuple[int | None, str, str]] = {
    "BAD_REQUEST_BODY": (400, "invalid_request", '"The body must be a JSON object: see the API description."'),
    "MISSING_AUTHENTICATION_TOKEN": (404, "not_found", '"There is no such path or method in this API."'),
    "REQUEST_TOO_LARGE": (413, "payload_too_large", '"The request is larger than this API takes."'),
    "THROTTLED": (429, "too_many_requests", '"Too many requests at the moment; try again shortly."'),
    "INTEGRATION_TIMEOUT": (504, "model_timeout", '"The model did not answer in time; try again."'),
    "INTEGRATION_FAILURE": (502, "internal_error", '"The request could not be completed; try again."'),
    "DEFAULT_4XX": (None, "invalid_request", "$context.error.messageString"),
    "DEFAULT_5XX": (None, "internal_error", '"The request could not be completed; try again."'),
}
_RETRY_AFTER_SECONDS = {"THROTTLED": 1}


def _gateway_responses(allowed_origin: object) -> Document:
    return {kind: _gateway_response(kind, *facts, allowed_origin) for kind, facts in _OWN_ERRORS.items()}


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
