"""What an update of a stack changes, and what it leaves alone."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest

from genai_templates import Hosting, TextStack
from genai_templates.components.functions import FunctionDefaults
from genai_templates.components.openapi import Document
from genai_templates.stacks.base import Backend
from genai_templates.stacks.parameters.api import ApiParameters
from tests.lifecycle.deployment import Deployment


class WithoutGenerate(TextStack):
    """The text stack with one route less."""

    def openapi(self) -> Document:
        document = super().openapi()
        del document["paths"]["/generate"]
        return document

    def _add_backend(self, shared: FunctionDefaults, api: ApiParameters) -> Backend:
        backend = super()._add_backend(shared, api)
        routes = {route: function for route, function in backend.routes.items() if route[0] != "/generate"}
        return backend._replace(routes=routes)


@pytest.fixture
def stack(make_deployment: Callable[..., Deployment]) -> Deployment:
    deployment = make_deployment("text")
    assert deployment.create() == "CREATE_COMPLETE"
    return deployment


def test_a_changed_api_is_deployed_under_the_same_url(stack: Deployment) -> None:
    url, before = stack.outputs["ApiGatewayUrl"], deployments_of(stack)
    assert stack.call("POST", "/generate", {"prompt": "Hello"}).status == 200

    keys, template = stack.artifact_keys, WithoutGenerate(hosting=Hosting.EXISTING).to_json()
    assert stack.update(template=template, **keys) == "UPDATE_COMPLETE"

    assert stack.outputs["ApiGatewayUrl"] == url
    assert not deployments_of(stack) & before
    assert stack.call("POST", "/generate", {"prompt": "Hello"}).json()["error"]["code"] == "not_found"
    assert stack.call("GET", "/status").status == 200


def deployments_of(stack: Deployment) -> set[str]:
    items = stack.aws.apigateway.get_deployments(restApiId=stack.resources["ApiGateway"])["items"]
    return {item["id"] for item in items}


def test_a_parameter_changes_the_function_and_nothing_is_replaced(stack: Deployment) -> None:
    before = stack.resources
    assert stack.update(FunctionTimeout="20") == "UPDATE_COMPLETE"
    function = stack.aws.lambda_.get_function_configuration(FunctionName=before["GenAILambdaFunction"])
    assert function["Timeout"] == 20
    assert function["Environment"]["Variables"]["FUNCTION_TIMEOUT_SECONDS"] == "20"
    assert stack.resources == before


def test_another_artifact_is_other_code(stack: Deployment) -> None:
    assert stack.call("GET", "/status").status == 200  # the old code is warm
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as artifact:
        for package in ("handlers", "handlers/text"):
            artifact.writestr(f"{package}/__init__.py", "")
        artifact.writestr("handlers/text/summarize.py", "def handler(event, context): return {'statusCode': 218}")
    stack.aws.upload("other-handlers.zip", content.getvalue())
    assert stack.update(LambdaS3Key="other-handlers.zip") == "UPDATE_COMPLETE"
    assert stack.call("GET", "/status").status == 218


def test_an_update_that_fails_leaves_the_stack_as_it_was(stack: Deployment) -> None:
    assert stack.update(LambdaS3Key="nothing/here.zip") == "UPDATE_ROLLBACK_COMPLETE"
    assert stack.call("POST", "/generate", {"prompt": "Hello"}).status == 200
