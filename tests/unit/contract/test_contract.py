"""The contracts' OpenAPI documents, and the body that API Gateway gets."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from genai_templates.apps import APPS
from genai_templates.contract.document import Document, openapi_document
from genai_templates.contract.gateway import gateway_body
from genai_templates.contract.routes import Contract

CONTRACTS = [app.load_stack().contract for app in APPS.values()]


@pytest.fixture(params=CONTRACTS, ids=lambda contract: contract.title)
def contract(request: pytest.FixtureRequest) -> Contract:
    """The contract of each application."""
    assert isinstance(request.param, Contract)
    return request.param


def body_of(contract: Contract) -> Document:
    integrations = dict.fromkeys(contract.routes, "uri")
    return gateway_body(contract, integrations=integrations, allowed_origin="'*'", timeout=29_000, name="api")


def test_the_exported_document_has_nothing_of_aws_in_it(contract: Contract) -> None:
    document = openapi_document(contract)
    text = json.dumps(document)
    assert "x-amazon" not in text
    assert "Fn::" not in text
    references = set(re.findall(r"#/components/schemas/(\w+)", text))
    assert references == document["components"]["schemas"].keys()


def test_every_route_is_one_operation_of_document_and_body(contract: Contract) -> None:
    document, body = openapi_document(contract), body_of(contract)
    for route in contract.routes:
        assert route.method == route.method.upper()
        for paths in (document["paths"], body["paths"]):
            assert paths[route.path][route.method.lower()]["operationId"] == route.operation_id
    assert sum(len(operations) for operations in document["paths"].values()) == len(contract.routes)


def test_every_path_has_a_preflight_of_204_that_names_its_methods(contract: Contract) -> None:
    for path, methods in body_of(contract)["paths"].items():
        preflight = methods["options"]["x-amazon-apigateway-integration"]
        response = preflight["responses"]["default"]
        assert preflight["type"] == "mock"
        assert response["statusCode"] == "204"
        allowed = response["responseParameters"]["method.response.header.Access-Control-Allow-Methods"]
        named = {method.strip("'").lower() for method in allowed.split(",")}
        assert named == set(methods), path
        assert set(methods["options"]["responses"]["204"]["headers"]) == {
            name.removeprefix("method.response.header.") for name in response["responseParameters"]
        }


def test_every_operation_tells_what_any_request_may_meet(contract: Contract) -> None:
    for methods in openapi_document(contract)["paths"].values():
        for operation in methods.values():
            assert operation["responses"].keys() >= {"429", "500", "502", "504"}
            assert "Retry-After" in operation["responses"]["429"]["headers"]


def gateway_responses() -> dict[str, Any]:
    responses: dict[str, Any] = body_of(CONTRACTS[0])["x-amazon-apigateway-gateway-responses"]
    return responses


@pytest.mark.parametrize("kind", sorted(gateway_responses()))
def test_errors_of_the_gateway_have_the_error_shape_and_cors(kind: str) -> None:
    response = gateway_responses()[kind]
    assert response["responseParameters"]["gatewayresponse.header.Access-Control-Allow-Origin"] == "'*'"
    template = response["responseTemplates"]["application/json"]
    # API Gateway puts a quoted JSON string in the place of messageString.
    error = json.loads(template.replace("$context.error.messageString", '"Forbidden"'))["error"]
    assert error.keys() == {"code", "message", "request_id"}
    assert error["request_id"] == "$context.requestId"


def test_a_throttled_client_is_told_when_to_come_back() -> None:
    parameters = gateway_responses()["THROTTLED"]["responseParameters"]
    assert parameters["gatewayresponse.header.Retry-After"] == "'1'"
