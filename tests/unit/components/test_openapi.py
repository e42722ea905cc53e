"""The API's documents, and the body that API Gateway gets."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from genai_templates.components.openapi import Document, gateway_body, image_document, text_document


def body_of(document: Document) -> Document:
    routes = {(path, method): "uri" for path, methods in document["paths"].items() for method in methods}
    return gateway_body(document, integrations=routes, allowed_origin="'*'", timeout=29_000, name="api")


@pytest.mark.parametrize("document", [text_document(), image_document()])
def test_the_exported_document_has_nothing_of_aws_in_it(document: Document) -> None:
    text = json.dumps(document)
    assert "x-amazon" not in text
    assert "Fn::" not in text
    references = set(re.findall(r"#/components/schemas/(\w+)", text))
    assert references == document["components"]["schemas"].keys()


@pytest.mark.parametrize("document", [text_document(), image_document()])
def test_every_path_answers_a_preflight_with_204_and_its_methods(document: Document) -> None:
    for path, methods in body_of(document)["paths"].items():
        preflight = methods["options"]["x-amazon-apigateway-integration"]
        answer = preflight["responses"]["default"]
        assert preflight["type"] == "mock"
        assert answer["statusCode"] == "204"
        allowed = answer["responseParameters"]["method.response.header.Access-Control-Allow-Methods"]
        named = {method.strip("'").lower() for method in allowed.split(",")}
        assert named == set(methods), path
        assert set(methods["options"]["responses"]["204"]["headers"]) == {
            name.removeprefix("method.response.header.") for name in answer["responseParameters"]
        }


@pytest.mark.parametrize("document", [text_document(), image_document()])
def test_every_operation_tells_what_any_request_may_meet(document: Document) -> None:
    for methods in document["paths"].values():
        for operation in methods.values():
            assert operation["responses"].keys() >= {"429", "500", "502", "504"}
            assert "Retry-After" in operation["responses"]["429"]["headers"]


def gateway_answers(document: Document) -> dict[str, Any]:
    answers: dict[str, Any] = body_of(document)["x-amazon-apigateway-gateway-responses"]
    return answers


@pytest.mark.parametrize("kind", sorted(gateway_answers(text_document())))
def test_errors_of_the_gateway_have_the_error_shape_and_cors(kind: str) -> None:
    answer = gateway_answers(text_document())[kind]
    assert answer["responseParameters"]["gatewayresponse.header.Access-Control-Allow-Origin"] == "'*'"
    template = answer["responseTemplates"]["application/json"]
    # API Gateway puts a quoted JSON string in the place of messageString.
    error = json.loads(template.replace("$context.error.messageString", '"Forbidden"'))["error"]
    assert error.keys() == {"code", "message", "request_id"}
    assert error["request_id"] == "$context.requestId"


def test_a_throttled_client_is_told_when_to_come_back() -> None:
    parameters = gateway_answers(image_document())["THROTTLED"]["responseParameters"]
    assert parameters["gatewayresponse.header.Retry-After"] == "'1'"
