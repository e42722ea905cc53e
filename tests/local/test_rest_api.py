"""The emulated API Gateway takes all of an OpenAPI body, and serves what was deployed."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest

from genai_templates.local import EmulatedStack, Emulator

_NUMBERS = count(1)


def mock(status: int, header: str) -> dict[str, Any]:
    """Return an operation that API Gateway answers by itself."""
    return {
        "responses": {str(status): {"description": "-", "headers": {"X-Said": {"schema": {"type": "string"}}}}},
        "x-amazon-apigateway-integration": {
            "type": "mock",
            "requestTemplates": {"application/json": json.dumps({"statusCode": status})},
            "responses": {
                "default": {
                    "statusCode": str(status),
                    "responseParameters": {"method.response.header.X-Said": f"'{header}'"},
                    "responseTemplates": {"application/json": ""},
                }
            },
        },
    }


def template(paths: dict[str, Any], *, deployment: str, refusal: str = "no") -> str:
    body = {
        "openapi": "3.0.1",
        "info": {"title": "t", "version": "1"},
        "paths": paths,
        "components": {"schemas": {"Thing": {"type": "object", "required": ["name"]}}},
        "x-amazon-apigateway-request-validators": {
            "body": {"validateRequestBody": True, "validateRequestParameters": False}
        },
        "x-amazon-apigateway-gateway-responses": {
            "MISSING_AUTHENTICATION_TOKEN": {
                "statusCode": 404,
                "responseParameters": {"gatewayresponse.header.X-Said": f"'{refusal}'"},
                "responseTemplates": {"application/json": "{}"},
            },
            "REQUEST_TOO_LARGE": {"responseParameters": {"gatewayresponse.header.X-Said": "'too much'"}},
        },
    }
    api = {"Ref": "Api"}
    resources = {
        "Api": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": "t", "Body": body}},
        deployment: {"Type": "AWS::ApiGateway::Deployment", "Properties": {"RestApiId": api}},
        "Stage": {
            "Type": "AWS::ApiGateway::Stage",
            "Properties": {"RestApiId": api, "DeploymentId": {"Ref": deployment}, "StageName": "prod"},
        },
    }
    url = {"Fn::Sub": "https://${Api}.execute-api.${AWS::Region}.amazonaws.com/prod"}
    return json.dumps({"Resources": resources, "Outputs": {"ApiGatewayUrl": {"Value": url}}})


@pytest.fixture
def api_of(emulator: Emulator) -> Callable[..., EmulatedStack]:
    """Create a stack of an API with these paths."""

    def create(paths: dict[str, Any]) -> EmulatedStack:
        stack = EmulatedStack(template(paths, deployment="First"), f"api-{next(_NUMBERS)}", emulator=emulator)
        stack.create()
        return stack

    return create


def test_a_mock_integration_answers_with_its_status_and_headers(api_of: Callable[..., EmulatedStack]) -> None:
    response = api_of({"/a": {"options": mock(204, "hello")}}).call("OPTIONS", "/a")
    assert (response.status, response.headers["x-said"]) == (204, "hello")


def test_an_unknown_path_is_answered_as_the_body_says(api_of: Callable[..., EmulatedStack]) -> None:
    response = api_of({"/a": {"get": mock(200, "hello")}}).call("GET", "/b")
    assert (response.status, response.headers["x-said"]) == (404, "no")


def test_a_body_that_its_model_does_not_describe_is_refused(api_of: Callable[..., EmulatedStack]) -> None:
    checked = {
        **mock(200, "hello"),
        "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}},
        "x-amazon-apigateway-request-validator": "body",
    }
    stack = api_of({"/a": {"post": checked}})
    assert stack.call("POST", "/a", {"name": "x"}).status == 200
    assert stack.call("POST", "/a", {}).status == 400


def test_a_body_beyond_10_mib_is_refused_as_the_body_says(api_of: Callable[..., EmulatedStack]) -> None:
    stack = api_of({"/a": {"post": mock(200, "hello")}})
    assert stack.call("POST", "/a", b"x" * 10 * 1024 * 1024).status == 200
    response = stack.call("POST", "/a", b"x" * (10 * 1024 * 1024 + 1))
    assert (response.status, response.headers["x-said"]) == (413, "too much")


def test_a_changed_body_is_served_only_by_a_new_deployment(api_of: Callable[..., EmulatedStack]) -> None:
    stack = api_of({"/a": {"get": mock(200, "old")}})
    url = stack.outputs["ApiGatewayUrl"]
    changed = {"/a": {"get": mock(200, "new")}}

    stack.update(template=template(changed, deployment="First", refusal="never"))
    assert stack.call("GET", "/a").headers["x-said"] == "old"

    stack.update(template=template(changed, deployment="Second", refusal="never"))
    assert stack.call("GET", "/a").headers["x-said"] == "new"
    assert stack.call("GET", "/b").headers["x-said"] == "never"
    assert stack.outputs["ApiGatewayUrl"] == url
