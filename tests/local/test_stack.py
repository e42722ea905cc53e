"""A stack of the library's user, in the emulated AWS: what is wrong in a template is a failure that names it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from genai_templates import Architecture, Hosting, TextStack
from genai_templates.apps import APPS
from genai_templates.errors import InvalidOption
from genai_templates.local import EmulatedStack, EmulatedStackFailed, Emulator, StackEvent
from genai_templates.packaging.artifacts import make_artifacts

pytest_plugins = ["genai_templates.local.pytest_plugin"]

Change = Callable[[dict[str, Any]], object]


@pytest.fixture(scope="session")
def artifacts() -> Mapping[str, bytes]:
    return {each.key: each.content for each in make_artifacts(APPS["text"], Architecture.X86_64)}


@pytest.fixture(scope="session")
def template(artifacts: Mapping[str, bytes]) -> str:
    keys = make_artifacts(APPS["text"], Architecture.X86_64).keys
    return TextStack(hosting=Hosting.EXISTING, artifacts=keys).to_json()


@pytest.fixture
def create(
    emulated_stack: Callable[..., EmulatedStack], template: str, artifacts: Mapping[str, bytes]
) -> Callable[..., EmulatedStack]:
    """Create the text stack with changes of its template."""

    def create_changed(*changes: Change, **options: Any) -> EmulatedStack:
        document = json.loads(template)
        for change in changes:
            change(document["Resources"])
        return emulated_stack(json.dumps(document), name="text", artifacts=artifacts, **options)

    return create_changed


def test_a_stack_is_used_as_it_would_be_deployed(create: Callable[..., EmulatedStack]) -> None:
    events: list[StackEvent] = []
    stack = create(on_event=events.append)
    assert stack.call("POST", "/generate", {"prompt": "Hello"}).json()["generated_text"]
    assert stack.browse("/").headers["content-security-policy"]
    assert stack.browse("/api/status").json() == {"ready": True, "state": "ready", "endpoint_status": "InService"}
    assert stack.routes == ["GET /status", "POST /generate", "POST /summarize", "POST /wake"]
    assert (events[-1].logical_id, events[-1].status) == ("text", "CREATE_COMPLETE")
    assert stack.client("sagemaker").list_endpoints()["Endpoints"]


def test_a_stack_is_gone_after_its_block(template: str, artifacts: Mapping[str, bytes], emulator: Emulator) -> None:
    with EmulatedStack(template, name="passing", artifacts=artifacts, emulator=emulator) as stack:
        function = stack.resources["GenAILambdaFunction"]
        assert function in _functions(emulator)
    assert function not in _functions(emulator)


def _functions(emulator: Emulator) -> list[str]:
    return [each["FunctionName"] for each in emulator.client("lambda").list_functions()["Functions"]]


def test_an_update_reaches_what_is_there(create: Callable[..., EmulatedStack]) -> None:
    stack = create()
    stack.update(ThrottleBurst="7")
    api = stack.resources["ApiGateway"]
    stage = stack.client("apigateway").get_stage(restApiId=api, stageName="prod")
    assert stage["methodSettings"]["*/*"]["throttlingBurstLimit"] == 7


def test_more_requests_than_the_stage_takes_are_refused_in_the_words_of_the_body(
    create: Callable[..., EmulatedStack],
) -> None:
    stack = create(parameters={"ThrottleRate": "1", "ThrottleBurst": "2"})
    with ThreadPoolExecutor(20) as pool:
        responses = list(pool.map(lambda _: stack.call("POST", "/generate", {"prompt": "Hello"}), range(20)))
    refused = next(response for response in responses if response.status != 200)
    assert {response.status for response in responses} == {200, 429}
    assert refused.json()["error"]["code"] == "too_many_requests"
    assert refused.headers["retry-after"] == "1"


def _drop(logical_id: str) -> Change:
    return lambda resources: resources.pop(logical_id)


def _function(resources: dict[str, Any]) -> Any:
    return resources["GenAILambdaFunction"]["Properties"]


def _replace(old: str, new: str) -> Change:
    def change(resources: dict[str, Any]) -> None:
        changed = json.loads(json.dumps(resources).replace(old, new))
        assert changed != resources
        resources.clear()
        resources.update(changed)

    return change


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            lambda resources: _function(resources)["Environment"]["Variables"].pop("ENDPOINT_NAME"),
            r"GenAILambdaFunction: .* ENDPOINT_NAME is missing",
        ),
        (
            lambda resources: _function(resources).update(Handler="handlers.text.nowhere.handler"),
            r"GenAILambdaFunction: handlers\.text\.nowhere\.handler cannot be started",
        ),
        (
            lambda resources: _function(resources)["Code"].update(S3Key="nothing.zip"),
            r"GenAILambdaFunction \(AWS::Lambda::Function\): .*nothing\.zip",
        ),
        (
            _replace('["GenAILambdaFunction", "Arn"]', '["GenAILambdaFunction", "Arm"]'),
            r"Resources/ApiGateway/.*: 'Arm' is not one of .* \(E1019\)",
        ),
        (
            lambda resources: _function(resources)["Environment"]["Variables"].update(ENDPOINT_NAME={"Ref": "Typo"}),
            r"Resources/GenAILambdaFunction/.*/Ref: 'Typo' is not one of .* \(E1020\)",
        ),
        (
            lambda resources: _function(resources).update(Role={"Fn::Sub": "${Typo.Arn}"}),
            r"Resources/GenAILambdaFunction/.*/Fn::Sub: 'Typo' is not one of .* \(E1019\)",
        ),
    ],
    ids=["variable", "handler", "key", "attribute", "reference", "substitution"],
)
def test_what_is_wrong_in_a_template_is_named(
    create: Callable[..., EmulatedStack], change: Change, expected: str
) -> None:
    with pytest.raises(EmulatedStackFailed, match=expected):
        create(change)


def test_a_missing_grant_is_a_refused_call(create: Callable[..., EmulatedStack]) -> None:
    stack = create(_replace("sagemaker:InvokeEndpoint", "sagemaker:ListEndpoints"))
    assert stack.call("POST", "/generate", {"prompt": "Hello"}).status == 502
    (refused,) = stack.permissions().refused
    assert (refused.function, refused.action) == ("GenAILambdaFunction", "sagemaker:InvokeEndpoint")
    assert stack.permissions().unused["GenAILambdaFunction"] == (
        "sagemaker:DescribeEndpoint",
        "sagemaker:ListEndpoints",
    )


def test_a_stack_is_not_taken_for_an_earlier_one_of_its_name(
    template: str, artifacts: Mapping[str, bytes], emulator: Emulator
) -> None:
    with EmulatedStack(template, name="again", artifacts=artifacts, emulator=emulator) as stack:
        assert stack.call("GET", "/status").status == 200
        assert stack.permissions().unused["GenAILambdaFunction"] == ("sagemaker:InvokeEndpoint",)
    with EmulatedStack(template, name="again", artifacts=artifacts, emulator=emulator) as stack:
        unused = stack.permissions().unused["GenAILambdaFunction"]
        assert unused == ("sagemaker:DescribeEndpoint", "sagemaker:InvokeEndpoint")


def test_a_route_without_its_permission_is_refused(create: Callable[..., EmulatedStack]) -> None:
    stack = create(_drop("LambdaPermissionPostGenerate"))
    assert stack.call("POST", "/generate", {"prompt": "Hello"}).status == 500
    assert stack.call("GET", "/status").status == 200


@pytest.mark.parametrize(
    "content",
    ["no JSON", "5", "[]", "null", '{"Parameters": null, "Resources": {}}', '{"Parameters": [1]}', "[" * 100_000, None],
    ids=lambda content: str(content)[:30],
)
def test_a_file_that_is_no_template_is_named(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "typo.template.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(InvalidOption, match=r"typo\.template\.json is not a template"), EmulatedStack(path):
        raise AssertionError("it cannot be created")


def test_artifacts_are_read_from_a_folder_whose_path_is_text(
    template: str, artifacts: Mapping[str, bytes], emulator: Emulator, tmp_path: Path
) -> None:
    for key, content in artifacts.items():
        (tmp_path / key).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / key).write_bytes(content)
    with EmulatedStack(template, "of-a-folder", artifacts=str(tmp_path), emulator=emulator) as stack:
        assert stack.call("GET", "/status").status == 200


def test_a_folder_of_artifacts_that_is_not_there_is_named(template: str, tmp_path: Path) -> None:
    for artifacts in (tmp_path / "nowhere", str(tmp_path / "nowhere")):
        with pytest.raises(InvalidOption, match=r"nowhere is not a folder of artifacts"):
            EmulatedStack(template, artifacts=artifacts)


def test_a_parameter_that_the_template_lacks_is_named(create: Callable[..., EmulatedStack]) -> None:
    with pytest.raises(InvalidOption, match=r"no parameter Typo; it has .*ThrottleRate"):
        create(parameters={"Typo": "1"})


def test_a_change_that_is_rolled_back_says_how_the_stack_ended_and_what_happened(
    create: Callable[..., EmulatedStack],
) -> None:
    stack = create()
    with pytest.raises(EmulatedStackFailed, match=r"nothing\.zip") as failed:
        stack.update(LambdaS3Key="nothing.zip")
    assert failed.value.status == stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert [event.logical_id for event in failed.value.events if event.has_failed] == ["GenAILambdaFunction"]
    assert stack.call("GET", "/status").status == 200
    stack.update(ThrottleBurst="7")  # what failed is not tried again


def test_an_update_keeps_the_values_that_it_does_not_name(create: Callable[..., EmulatedStack], template: str) -> None:
    stack = create(parameters={"FunctionTimeout": "20"})
    stack.update(ThrottleBurst="7")
    stack.update(template, ThrottleRate="5")
    values = {each["ParameterKey"]: each["ParameterValue"] for each in described(stack)["Parameters"]}
    assert [values[name] for name in ("FunctionTimeout", "ThrottleBurst", "ThrottleRate")] == ["20", "7", "5"]


def test_an_update_that_changes_nothing_is_refused_with_the_reason(create: Callable[..., EmulatedStack]) -> None:
    with pytest.raises(EmulatedStackFailed, match=r"no change set could be made: .*contain changes"):
        create().update()


def described(stack: EmulatedStack) -> Any:
    return stack.client("cloudformation").describe_stacks(StackName=stack.stack_id)["Stacks"][0]


def test_a_stack_of_no_emulator_says_what_it_lacks(template: str) -> None:
    with pytest.raises(EmulatedStackFailed, match="local has no emulator: give it one, or use it in a with statement"):
        EmulatedStack(template).create()


@pytest.mark.parametrize(
    "use",
    [
        lambda stack: stack.status,
        lambda stack: stack.outputs,
        lambda stack: stack.resources,
        lambda stack: stack.events,
        lambda stack: stack.domain,
        lambda stack: stack.call("GET", "/status"),
        lambda stack: stack.permissions(),
        lambda stack: stack.update(ThrottleBurst="7"),
        lambda stack: stack.delete(),
    ],
    ids=["status", "outputs", "resources", "events", "domain", "call", "permissions", "update", "delete"],
)
def test_a_stack_that_has_not_been_created_is_not_taken_for_another(
    create: Callable[..., EmulatedStack], template: str, use: Callable[[EmulatedStack], object]
) -> None:
    other = create()
    with pytest.raises(EmulatedStackFailed, match=r"^b has not been created$"):
        use(EmulatedStack(template, "b", emulator=other.emulator))
    assert other.status == "CREATE_COMPLETE"


def test_a_second_creation_is_refused_and_the_stack_stays_what_it_was(
    template: str, artifacts: Mapping[str, bytes], emulator: Emulator
) -> None:
    with EmulatedStack(template, name="twice", artifacts=artifacts, emulator=emulator) as stack:
        assert stack.call("GET", "/status").status == 200
        with pytest.raises(EmulatedStackFailed, match=r"twice: no change set could be made: .*already exists"):
            stack.create()
        assert stack.status == "CREATE_COMPLETE"
        assert stack.permissions().calls
    assert stack.status == "DELETE_COMPLETE"
    stack.create()
    stack.delete()


def test_a_failure_inside_a_block_is_not_hidden_by_an_emulator_that_is_gone(
    template: str, artifacts: Mapping[str, bytes]
) -> None:
    with Emulator() as own, ExitStack() as stacks:
        stack = stacks.enter_context(EmulatedStack(template, artifacts=artifacts, emulator=own))
        own.__exit__(None, None, None)
        assert stacks.__exit__(RuntimeError, RuntimeError("the failure"), None) is False
        assert stack.stack_id


def test_a_function_that_was_deleted_by_hand_is_named(create: Callable[..., EmulatedStack]) -> None:
    stack = create()
    stack.client("lambda").delete_function(FunctionName=stack.resources["GenAILambdaFunction"])
    with pytest.raises(EmulatedStackFailed, match=r"text lacks a function or its role: .*GenAILambdaFunction"):
        stack.update(ThrottleBurst="7")
