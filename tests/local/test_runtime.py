"""The runtime plays a slow, a failing, a deploying and a narrow endpoint, and asks who is chosen to answer."""

from __future__ import annotations

import asyncio
import json
import math
from typing import Any

import pytest

from genai_templates.errors import InvalidOption
from genai_templates.local import Emulator
from genai_templates.local.inference.runtime import Runtime
from genai_templates.local.invoke_endpoint import HttpResponse
from genai_templates.local.protocol import ModelOptions
from tests.local.endpoints import invoke, refusal
from tests.local.web_server import Responses, web_server

TEXT = {"inputs": "A fox jumps over a dog."}
PICTURE = {"prompt": "a fox", "width": 64, "height": 64}
PLENTY = 10_000_000


def run(runtime: Runtime, request: Any = TEXT, *, largest: int = PLENTY) -> HttpResponse:
    return asyncio.run(runtime.invoke("endpoint", {}, json.dumps(request).encode(), largest=largest))


def original_status(response: HttpResponse) -> Any:
    return json.loads(response[2])["OriginalStatusCode"]


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ({"latency_seconds": -1}, "latency cannot be -1 s"),
        ({"latency_seconds": math.inf}, "latency cannot be inf s"),
        ({"not_ready_seconds": math.nan}, "time until it is ready cannot be nan s"),
        ({"wake_seconds": -1}, "time to wake cannot be -1 s"),
        ({"idle_seconds": -1}, "time until it falls asleep cannot be -1 s"),
        ({"failure_rate": 1.1}, "failure rate cannot be 1.1: choose 0 to 1"),
        ({"failure_rate": -0.1}, "failure rate cannot be -0.1"),
        ({"endpoint": "an endpoint"}, "'an endpoint' cannot be the name"),
        ({"endpoint": "x" * 64}, "cannot be the name"),
        ({"endpoint": ""}, "'' cannot be the name"),
        ({"model_url": "localhost:11434"}, "'localhost:11434' is not the URL"),
        ({"model_url": "http://"}, "is not the URL"),
        ({"model_url": "http://host:port"}, "is not the URL"),
        ({"model_url": "file:///etc/passwd"}, "is not the URL"),
        ({"model_url": "http://127.0.0.1", "endpoint": "mine"}, "choose one of the two"),
    ],
)
def test_a_choice_that_cannot_be_played_is_refused(choice: dict[str, Any], expected: str) -> None:
    with pytest.raises(InvalidOption, match=expected):
        ModelOptions(**choice)


def test_a_call_that_takes_longer_than_sagemaker_waits_is_told_as_timed_out() -> None:
    runtime = Runtime(longest_seconds=0.01)
    runtime.use(latency_seconds=3600)
    assert original_status(run(runtime)) == 0


def test_slow_calls_wait_side_by_side() -> None:
    runtime = Runtime(longest_seconds=0.05)
    runtime.use(latency_seconds=3600)

    async def many() -> list[HttpResponse]:
        calls = (runtime.invoke("endpoint", {}, b"{}", largest=PLENTY) for _ in range(100))
        return await asyncio.wait_for(asyncio.gather(*calls), 4)  # one after the other they would take longer

    assert [original_status(response) for response in asyncio.run(many())] == [0] * 100


@pytest.mark.parametrize(("rate", "expected"), [(0.0, [200] * 20), (1.0, [424] * 20)])
def test_all_or_none_of_the_calls_fail(rate: float, expected: list[int]) -> None:
    runtime = Runtime()
    runtime.use(failure_rate=rate)
    assert [run(runtime)[0] for _ in range(20)] == expected


def test_the_same_share_of_the_calls_fails_each_time() -> None:
    runtime = Runtime()
    runs = []
    for _ in range(2):
        runtime.use(failure_rate=0.25)
        runs.append([run(runtime)[0] for _ in range(80)])
    assert runs[0] == runs[1]
    assert 10 <= runs[0].count(424) <= 30


def test_a_failure_is_a_server_error_of_the_container() -> None:
    runtime = Runtime()
    runtime.use(failure_rate=1)
    assert original_status(run(runtime)) == 500


def test_an_endpoint_is_there_after_its_time_and_not_before() -> None:
    runtime = Runtime()
    assert runtime.is_ready(0)
    runtime.use(not_ready_seconds=3600)
    assert not runtime.is_ready(1_000_000)  # it was there before; it is being deployed anew since the choice
    assert not runtime.is_ready(0)


def test_an_answer_that_the_container_cannot_hold_is_its_failure() -> None:
    runtime = Runtime()
    size = len(run(runtime, PICTURE)[2])
    assert run(runtime, PICTURE, largest=size)[0] == 200
    refused = run(runtime, PICTURE, largest=size - 1)
    assert original_status(refused) == 500
    assert json.loads(json.loads(refused[2])["OriginalMessage"])["message"] == "Worker died."


def status(emulator: Emulator, endpoint: str) -> str:
    described = emulator.client("sagemaker").describe_endpoint(EndpointName=endpoint)["EndpointStatus"]
    (listed,) = emulator.client("sagemaker").list_endpoints(NameContains=endpoint)["Endpoints"]
    assert listed["EndpointStatus"] == described
    return str(described)


def test_a_deploying_endpoint_is_being_created_and_answers_nothing(emulator: Emulator, endpoint: str) -> None:
    assert status(emulator, endpoint) == "InService"
    emulator.use_model(ModelOptions(not_ready_seconds=3600))
    assert status(emulator, endpoint) == "Creating"
    assert refusal(emulator, endpoint, TEXT)["Error"]["Code"] == "ValidationError"
    emulator.use_model(ModelOptions(not_ready_seconds=0))
    assert status(emulator, endpoint) == "InService"
    assert invoke(emulator, endpoint, TEXT)


def test_the_models_own_limit_of_answers_is_obeyed(emulator: Emulator, endpoint: str) -> None:
    emulator.client("sagemaker").delete_model(ModelName=endpoint)
    container = {"Image": "model", "Environment": {"MMS_MAX_RESPONSE_SIZE": "1000"}}
    role = "arn:aws:iam::000000000000:role/endpoint"
    emulator.client("sagemaker").create_model(ModelName=endpoint, ExecutionRoleArn=role, PrimaryContainer=container)
    assert refusal(emulator, endpoint, PICTURE)["OriginalStatusCode"] == 500
    assert invoke(emulator, endpoint, TEXT)


def test_without_a_limit_the_model_servers_own_one_holds(emulator: Emulator, endpoint: str) -> None:
    large = {"prompt": "a fox", "width": 768, "height": 1024}
    assert refusal(emulator, endpoint, large)["OriginalStatusCode"] == 500
    assert invoke(emulator, endpoint, large, "application/json;jpeg")


def test_a_server_on_this_machine_answers_for_the_endpoint(emulator: Emulator, endpoint: str) -> None:
    responses: Responses = {
        "/info": (200, {"model_id": "m"}),
        "/generate": (200, {"generated_text": "from the server"}),
    }
    with web_server(responses) as served:
        emulator.use_model(ModelOptions(model_url=served.url))
        assert json.loads(invoke(emulator, endpoint, TEXT)) == [{"generated_text": "from the server"}]
