"""The runtime plays a slow, a failing, a deploying and a narrow endpoint, and asks who is chosen to answer."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from genai_templates.errors import InvalidOption, LocalError
from genai_templates.local.protocol import ModelOptions
from genai_templates.local.runtime import Runtime
from genai_templates.local.wire import HttpAnswer
from tests.lifecycle.deployment import Aws
from tests.local.endpoints import invoke
from tests.local.web_server import Answers, WebServer, web_server

TEXT = {"inputs": "A fox jumps over a dog."}
PICTURE = {"prompt": "a fox", "width": 64, "height": 64}
PLENTY = 10_000_000


def asked(runtime: Runtime, request: Any = TEXT, *, largest: int = PLENTY) -> HttpAnswer:
    return asyncio.run(runtime.invoke("endpoint", {}, json.dumps(request).encode(), largest=largest))


def original_status(answer: HttpAnswer) -> Any:
    return json.loads(answer[2])["OriginalStatusCode"]


@pytest.mark.parametrize(
    ("choice", "told"),
    [
        ({"latency_seconds": -1}, "latency cannot be -1 s"),
        ({"latency_seconds": math.inf}, "latency cannot be inf s"),
        ({"not_ready_seconds": math.nan}, "time until it is ready cannot be nan s"),
        ({"failure_rate": 1.1}, "failure rate cannot be 1.1: choose 0 to 1"),
        ({"failure_rate": -0.1}, "failure rate cannot be -0.1"),
        ({"endpoint": "an endpoint"}, "'an endpoint' cannot be the name"),
        ({"endpoint": "x" * 64}, "cannot be the name"),
        ({"endpoint": ""}, "'' cannot be the name"),
        ({"model_url": "localhost:11434"}, "'localhost:11434' is no URL"),
        ({"model_url": "http://"}, "is no URL"),
        ({"model_url": "http://host:port"}, "is no URL"),
        ({"model_url": "file:///etc/passwd"}, "is no URL"),
        ({"model_url": "http://127.0.0.1", "endpoint": "mine"}, "choose one of the two"),
    ],
)
def test_a_choice_that_cannot_be_played_is_refused(choice: dict[str, Any], told: str) -> None:
    with pytest.raises(InvalidOption, match=told):
        ModelOptions(**choice)


def test_a_call_that_takes_longer_than_sagemaker_waits_is_told_as_timed_out() -> None:
    runtime = Runtime(longest_seconds=0.01)
    runtime.use(latency_seconds=3600)
    assert original_status(asked(runtime)) == 0


def test_slow_calls_wait_side_by_side() -> None:
    runtime = Runtime(longest_seconds=0.05)
    runtime.use(latency_seconds=3600)

    async def many() -> list[HttpAnswer]:
        calls = (runtime.invoke("endpoint", {}, b"{}", largest=PLENTY) for _ in range(100))
        return await asyncio.wait_for(asyncio.gather(*calls), 4)  # one after the other they would take longer

    assert [original_status(answer) for answer in asyncio.run(many())] == [0] * 100


@pytest.mark.parametrize(("rate", "expected"), [(0.0, [200] * 20), (1.0, [424] * 20)])
def test_all_or_none_of_the_calls_fail(rate: float, expected: list[int]) -> None:
    runtime = Runtime()
    runtime.use(failure_rate=rate)
    assert [asked(runtime)[0] for _ in range(20)] == expected


def test_the_same_share_of_the_calls_fails_each_time() -> None:
    runtime = Runtime()
    runs = []
    for _ in range(2):
        runtime.use(failure_rate=0.25)
        runs.append([asked(runtime)[0] for _ in range(80)])
    assert runs[0] == runs[1]
    assert 10 <= runs[0].count(424) <= 30


def test_a_failure_is_a_server_error_of_the_container() -> None:
    runtime = Runtime()
    runtime.use(failure_rate=1)
    assert original_status(asked(runtime)) == 500


def test_an_endpoint_is_there_after_its_time_and_not_before() -> None:
    runtime = Runtime()
    assert runtime.is_ready(0)
    runtime.use(not_ready_seconds=3600)
    assert not runtime.is_ready(1_000_000)  # it was there before; it is being deployed anew since the choice
    assert not runtime.is_ready(0)


def test_an_answer_that_the_container_cannot_hold_is_its_failure() -> None:
    runtime = Runtime()
    size = len(asked(runtime, PICTURE)[2])
    assert asked(runtime, PICTURE, largest=size)[0] == 200
    refused = asked(runtime, PICTURE, largest=size - 1)
    assert original_status(refused) == 500
    assert json.loads(json.loads(refused[2])["OriginalMessage"])["message"] == "Worker died."


@pytest.fixture
def endpoint(aws: Aws) -> Iterator[str]:
    name = "endpoint-of-the-runtime"
    aws.deploy_endpoint(name)
    yield name
    aws.emulator.use_model(ModelOptions())
    aws.sagemaker.delete_endpoint(EndpointName=name)
    aws.sagemaker.delete_endpoint_config(EndpointConfigName=name)
    aws.sagemaker.delete_model(ModelName=name)


def refusal(aws: Aws, endpoint: str, request: Any = TEXT) -> Any:
    with pytest.raises(ClientError) as refused:
        invoke(aws, endpoint, request)
    return refused.value.response


def status(aws: Aws, endpoint: str) -> str:
    described = aws.sagemaker.describe_endpoint(EndpointName=endpoint)["EndpointStatus"]
    (listed,) = aws.sagemaker.list_endpoints(NameContains=endpoint)["Endpoints"]
    assert listed["EndpointStatus"] == described
    return described


def test_a_deploying_endpoint_is_being_created_and_answers_nothing(aws: Aws, endpoint: str) -> None:
    assert status(aws, endpoint) == "InService"
    aws.emulator.use_model(ModelOptions(not_ready_seconds=3600))
    assert status(aws, endpoint) == "Creating"
    assert refusal(aws, endpoint)["Error"]["Code"] == "ValidationError"
    aws.emulator.use_model(ModelOptions(not_ready_seconds=0))
    assert status(aws, endpoint) == "InService"
    assert invoke(aws, endpoint, TEXT)


def test_the_models_own_limit_of_answers_is_obeyed(aws: Aws, endpoint: str) -> None:
    aws.sagemaker.delete_model(ModelName=endpoint)
    container = {"Image": "model", "Environment": {"MMS_MAX_RESPONSE_SIZE": "1000"}}
    role = "arn:aws:iam::000000000000:role/endpoint"
    aws.sagemaker.create_model(ModelName=endpoint, ExecutionRoleArn=role, PrimaryContainer=container)  # type: ignore[arg-type]
    assert refusal(aws, endpoint, PICTURE)["OriginalStatusCode"] == 500
    assert invoke(aws, endpoint, TEXT)


def test_without_a_limit_the_model_servers_own_one_holds(aws: Aws, endpoint: str) -> None:
    large = {"prompt": "a fox", "width": 768, "height": 1024}
    assert refusal(aws, endpoint, large)["OriginalStatusCode"] == 500
    assert invoke(aws, endpoint, large, "application/json;jpeg")


@pytest.fixture
def real_account(monkeypatch: pytest.MonkeyPatch) -> Iterator[WebServer]:
    """SageMaker's runtime in the user's account, with the user's environment to reach it."""
    with web_server({"/endpoints/mine/invocations": (200, [{"generated_text": "from the account"}])}) as served:
        monkeypatch.setenv("AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME", served.url)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAUSERSOWNKEY")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "users-own-secret")
        monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
        monkeypatch.delenv("AWS_PROFILE", raising=False)
        yield served


def test_an_endpoint_of_the_account_is_asked_with_the_users_credentials(
    aws: Aws, endpoint: str, real_account: WebServer
) -> None:
    aws.emulator.use_model(ModelOptions(endpoint="mine"))
    assert json.loads(invoke(aws, endpoint, TEXT)) == [{"generated_text": "from the account"}]
    (came,) = real_account.asked
    assert came.json() == TEXT
    assert "Credential=AKIAUSERSOWNKEY/" in came.headers["authorization"]
    assert "/eu-west-1/sagemaker/" in came.headers["authorization"]


def test_the_users_credentials_never_reach_the_emulators_processes(
    aws: Aws, endpoint: str, real_account: WebServer
) -> None:
    aws.emulator.use_model(ModelOptions(endpoint="mine"))
    invoke(aws, endpoint, TEXT)
    environments = [path.read_bytes() for path in processes_of(aws.emulator.folder)]
    assert environments
    assert not any(b"USERSOWNKEY" in each or b"users-own-secret" in each for each in environments)
    assert "users-own-secret" not in aws.emulator.log()


def processes_of(folder: Path) -> list[Path]:
    """Return the environment of each process that was started with the emulator's folder for temporary files."""
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            if f"TMPDIR={folder}".encode() in path.read_bytes():
                found.append(path)
        except OSError:
            continue
    return found


def test_a_refusal_of_the_account_comes_through_as_it_is(aws: Aws, endpoint: str, real_account: WebServer) -> None:
    told = {"Message": "Received server error (503)", "OriginalMessage": "busy", "OriginalStatusCode": 503}
    real_account.answers["/endpoints/mine/invocations"] = (424, told)
    real_account.headers["x-amzn-ErrorType"] = "ModelError"
    aws.emulator.use_model(ModelOptions(endpoint="mine"))
    response = refusal(aws, endpoint)
    assert response["Error"] == {"Code": "ModelError", "Message": "Received server error (503)"}
    assert (response["OriginalMessage"], response["OriginalStatusCode"]) == ("busy", 503)
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 424


def test_an_account_that_cannot_be_reached_is_unavailable(
    aws: Aws, endpoint: str, real_account: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME", "http://127.0.0.1:1")
    aws.emulator.use_model(ModelOptions(endpoint="mine"))
    assert refusal(aws, endpoint)["Error"]["Code"] == "ServiceUnavailable"


def test_the_relay_ends_with_the_choice(aws: Aws, endpoint: str, real_account: WebServer) -> None:
    aws.emulator.use_model(ModelOptions(endpoint="mine"))
    aws.emulator.use_model(ModelOptions())
    assert invoke(aws, endpoint, TEXT)
    assert not real_account.asked


def test_without_credentials_the_choice_fails_at_once(
    aws: Aws, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    with pytest.raises(LocalError, match="finds no AWS credentials of yours"):
        aws.emulator.use_model(ModelOptions(endpoint="mine"))


def test_without_a_region_the_choice_fails_at_once(
    aws: Aws, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, real_account: WebServer
) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    monkeypatch.delenv("AWS_REGION", raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    with pytest.raises(LocalError, match="must specify a region"):
        aws.emulator.use_model(ModelOptions(endpoint="mine"))


def test_a_server_on_this_machine_answers_for_the_endpoint(aws: Aws, endpoint: str) -> None:
    answers: Answers = {"/info": (200, {"model_id": "m"}), "/generate": (200, {"generated_text": "from the server"})}
    with web_server(answers) as served:
        aws.emulator.use_model(ModelOptions(model_url=served.url))
        assert json.loads(invoke(aws, endpoint, TEXT)) == [{"generated_text": "from the server"}]
