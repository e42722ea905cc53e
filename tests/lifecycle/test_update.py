"""What an update of a stack changes, and what it leaves alone."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator

import pytest

from genai_templates import ArtifactKeys, Hosting, TextStack
from genai_templates.contract.text import CONTRACT, GENERATE
from genai_templates.local.protocol import ModelOptions
from tests.lifecycle.deployment import Deployment
from tests.lifecycle.page import with_another_page


class WithoutGenerate(TextStack):
    """The text stack with one route less."""

    contract = CONTRACT._replace(routes=tuple(route for route in CONTRACT.routes if route != GENERATE))


@pytest.fixture
def stack(make_deployment: Callable[..., Deployment]) -> Deployment:
    deployment = make_deployment("text")
    assert deployment.create() == "CREATE_COMPLETE"
    return deployment


def test_a_changed_api_is_deployed_under_the_same_url(stack: Deployment) -> None:
    url, before = stack.outputs["ApiGatewayUrl"], deployments_of(stack)
    assert stack.call("POST", "/generate", {"prompt": "Hello"}).status == 200

    template = WithoutGenerate(hosting=Hosting.EXISTING, artifacts=keys_of(stack)).to_json()
    assert stack.update(template=template) == "UPDATE_COMPLETE"

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


def keys_of(stack: Deployment) -> ArtifactKeys:
    """Return the keys that the stack's template was built with."""
    keys = stack.artifact_keys
    return ArtifactKeys(handlers=keys["LambdaS3Key"], custom_resources=keys["CustomResourcesS3Key"])


def test_another_artifact_is_other_code(stack: Deployment) -> None:
    assert stack.call("GET", "/status").status == 200  # the old code is warm
    assert stack.update(LambdaS3Key=with_other_code(stack)) == "UPDATE_COMPLETE"
    assert stack.call("GET", "/status").status == 218


def test_an_update_of_the_template_alone_takes_its_code_and_its_page(stack: Deployment) -> None:
    assert stack.call("GET", "/status").status == 200
    page = with_another_page(stack.aws, stack.artifact_keys["CustomResourcesS3Key"])
    keys = ArtifactKeys(handlers=with_other_code(stack), custom_resources=page)
    # Every parameter keeps its value, as the console has it.
    assert stack.update(template=TextStack(hosting=Hosting.EXISTING, artifacts=keys).to_json()) == "UPDATE_COMPLETE"
    assert stack.call("GET", "/status").status == 218
    assert "assets-aaaaaaaaaaaa/" in stack.browse("/").body.decode()


def with_other_code(stack: Deployment) -> str:
    """Upload handlers that answer everything with 218, and return their key."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as artifact:
        for package in ("handlers", "handlers/text"):
            artifact.writestr(f"{package}/__init__.py", "")
        artifact.writestr("handlers/text/summarize.py", "def handler(event, context): return {'statusCode': 218}")
    stack.aws.upload("other-handlers.zip", content.getvalue())
    return "other-handlers.zip"


def test_another_allowed_origin_reaches_every_response(stack: Deployment) -> None:
    origin = "https://www.example.com"
    assert stack.call("OPTIONS", "/generate").headers["access-control-allow-origin"] == "*"
    assert stack.update(AllowedOrigin=origin) == "UPDATE_COMPLETE", stack.events
    for response in (
        stack.call("OPTIONS", "/generate"),
        stack.call("GET", "/status"),
        stack.call("GET", "/nothing/here"),
        stack.call("POST", "/generate", ["not an object"]),
    ):
        assert response.headers["access-control-allow-origin"] == origin


@pytest.fixture
def slow_model(stack: Deployment) -> Iterator[None]:
    """A model that takes its time during one test."""
    stack.aws.emulator.use_model(ModelOptions(latency_seconds=0.5))
    yield
    stack.aws.emulator.use_model(ModelOptions())


@pytest.mark.usefixtures("slow_model")
def test_another_integration_timeout_reaches_the_api_and_so_does_the_old_one(stack: Deployment) -> None:
    def status() -> int:
        return stack.call("POST", "/generate", {"prompt": "Hello"}).status

    assert status() == 200
    assert stack.update(IntegrationTimeout="50") == "UPDATE_COMPLETE", stack.events
    assert status() == 504
    assert stack.update(IntegrationTimeout="29000") == "UPDATE_COMPLETE", stack.events
    assert status() == 200


def test_an_update_that_fails_leaves_the_stack_as_it_was(stack: Deployment) -> None:
    assert stack.update(LambdaS3Key="nothing/here.zip") == "UPDATE_ROLLBACK_COMPLETE"
    assert stack.call("POST", "/generate", {"prompt": "Hello"}).status == 200
