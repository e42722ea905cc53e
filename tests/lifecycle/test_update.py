"""What an update of a stack changes, and what it leaves alone."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator

import pytest

from genai_templates import ArtifactKeys, Hosting, TextStack
from genai_templates.contract.text import CONTRACT, GENERATE
from genai_templates.local import EmulatedStack, ModelOptions
from genai_templates.local.stack_inputs import upload
from tests.lifecycle.page import with_another_page
from tests.lifecycle.stacks import artifact_keys, failure_of


class WithoutGenerate(TextStack):
    """The text stack with one route less."""

    contract = CONTRACT._replace(routes=tuple(route for route in CONTRACT.routes if route != GENERATE))


@pytest.fixture
def stack(make_stack: Callable[..., EmulatedStack]) -> EmulatedStack:
    stack = make_stack("text")
    stack.create()
    return stack


def test_a_changed_api_is_deployed_under_the_same_url(stack: EmulatedStack) -> None:
    url, before = stack.outputs["ApiGatewayUrl"], deployments_of(stack)
    assert stack.call("POST", "/generate", {"prompt": "Hello"}).status == 200

    template = WithoutGenerate(hosting=Hosting.EXISTING, artifacts=keys_of(stack)).to_json()
    stack.update(template=template)

    assert stack.outputs["ApiGatewayUrl"] == url
    assert not deployments_of(stack) & before
    assert stack.call("POST", "/generate", {"prompt": "Hello"}).json()["error"]["code"] == "not_found"
    assert stack.call("GET", "/status").status == 200


def deployments_of(stack: EmulatedStack) -> set[str]:
    items = stack.client("apigateway").get_deployments(restApiId=stack.resources["ApiGateway"])["items"]
    return {item["id"] for item in items}


def test_a_parameter_changes_the_function_and_nothing_is_replaced(stack: EmulatedStack) -> None:
    before = stack.resources
    stack.update(FunctionTimeout="20")
    function = stack.client("lambda").get_function_configuration(FunctionName=before["GenAILambdaFunction"])
    assert function["Timeout"] == 20
    assert function["Environment"]["Variables"]["FUNCTION_TIMEOUT_SECONDS"] == "20"
    assert stack.resources == before


def keys_of(stack: EmulatedStack) -> ArtifactKeys:
    """Return the keys that the stack's template was built with."""
    keys = artifact_keys(stack)
    return ArtifactKeys(handlers=keys["LambdaS3Key"], custom_resources=keys["CustomResourcesS3Key"])


def test_another_artifact_is_other_code(stack: EmulatedStack) -> None:
    assert stack.call("GET", "/status").status == 200  # the old code is warm
    stack.update(LambdaS3Key=with_other_code(stack))
    assert stack.call("GET", "/status").status == 218


def test_an_update_of_the_template_alone_takes_its_code_and_its_page(stack: EmulatedStack) -> None:
    assert stack.call("GET", "/status").status == 200
    page = with_another_page(stack.emulator, artifact_keys(stack)["CustomResourcesS3Key"])
    keys = ArtifactKeys(handlers=with_other_code(stack), custom_resources=page)
    # Every parameter keeps its value, as the console has it.
    stack.update(template=TextStack(hosting=Hosting.EXISTING, artifacts=keys).to_json())
    assert stack.call("GET", "/status").status == 218
    assert "assets-aaaaaaaaaaaa/" in stack.browse("/").body.decode()


def with_other_code(stack: EmulatedStack) -> str:
    """Upload handlers that answer everything with 218, and return their key."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as artifact:
        for package in ("handlers", "handlers/text"):
            artifact.writestr(f"{package}/__init__.py", "")
        artifact.writestr("handlers/text/summarize.py", "def handler(event, context): return {'statusCode': 218}")
    upload(stack.emulator, "other-handlers.zip", content.getvalue())
    return "other-handlers.zip"


def test_another_allowed_origin_reaches_every_response(stack: EmulatedStack) -> None:
    origin = "https://www.example.com"
    assert stack.call("OPTIONS", "/generate").headers["access-control-allow-origin"] == "*"
    stack.update(AllowedOrigin=origin)
    for response in (
        stack.call("OPTIONS", "/generate"),
        stack.call("GET", "/status"),
        stack.call("GET", "/nothing/here"),
        stack.call("POST", "/generate", ["not an object"]),
    ):
        assert response.headers["access-control-allow-origin"] == origin


def test_another_allowed_origin_outlives_updates_of_the_stage_and_updates_that_fail(stack: EmulatedStack) -> None:
    def origin() -> str:
        return stack.call("OPTIONS", "/generate").headers["access-control-allow-origin"]

    stack.update(AllowedOrigin="https://www.example.com")
    stack.update(ThrottleRate="9")
    assert origin() == "https://www.example.com"
    failing = {"AllowedOrigin": "https://other.example", "LambdaS3Key": "nothing/here.zip"}
    assert failure_of(lambda: stack.update(**failing)).status == "UPDATE_ROLLBACK_COMPLETE"
    assert origin() == "https://www.example.com"
    assert len(deployments_of(stack)) == 1  # none is left that the stage does not serve


@pytest.fixture
def slow_model(stack: EmulatedStack) -> Iterator[None]:
    """A model that takes its time during one test."""
    stack.emulator.use_model(ModelOptions(latency_seconds=0.5))
    yield
    stack.emulator.use_model(ModelOptions())


@pytest.mark.usefixtures("slow_model")
def test_another_integration_timeout_reaches_the_api_and_so_does_the_old_one(stack: EmulatedStack) -> None:
    def status() -> int:
        return stack.call("POST", "/generate", {"prompt": "Hello"}).status

    assert status() == 200
    stack.update(IntegrationTimeout="50")
    assert status() == 504
    stack.update(IntegrationTimeout="29000")
    assert status() == 200


def test_an_update_that_fails_leaves_the_stack_as_it_was(stack: EmulatedStack) -> None:
    assert failure_of(lambda: stack.update(LambdaS3Key="nothing/here.zip")).status == "UPDATE_ROLLBACK_COMPLETE"
    assert stack.call("POST", "/generate", {"prompt": "Hello"}).status == 200
