"""Faults that are injected into a stack look as in AWS, and end with their block."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from genai_templates import Architecture, Hosting, TextStack
from genai_templates.apps import APPS
from genai_templates.errors import InvalidOption, LocalError
from genai_templates.local import EmulatedStack, Emulator, Response
from genai_templates.local.chaos import Chaos, FaultEffect, InjectedFault, ModelFault
from genai_templates.packaging.artifacts import make_artifacts
from tests.waiting import until

Generate = Callable[[], Response]


@pytest.fixture(scope="module")
def stack(emulator: Emulator) -> Iterator[EmulatedStack]:
    """The text application."""
    made = make_artifacts(APPS["text"], Architecture.X86_64)
    template = TextStack(hosting=Hosting.EXISTING, artifacts=made.keys).to_json()
    artifacts = {each.key: each.content for each in made}
    with EmulatedStack(template, "chaos", artifacts=artifacts, emulator=emulator) as stack:
        yield stack


@pytest.fixture
def generate(stack: EmulatedStack) -> Generate:
    return lambda: stack.call("POST", "/generate", {"prompt": "Hello"})


def model_call(effect: FaultEffect, function: str = "", code: str = "") -> InjectedFault:
    return InjectedFault("sagemaker", "InvokeEndpoint", effect, function=function, code=code)


def test_every_fault_ends_with_its_block(stack: EmulatedStack, generate: Generate) -> None:
    with Chaos(stack.emulator) as chaos:
        chaos.model_fault(stack.outputs["EndpointName"], ModelFault.SERVER_ERROR)
        chaos.function_faults(InjectedFault("sagemaker", "DescribeEndpoint", FaultEffect.REFUSED, code="Denied"))
        assert generate().status == 502
        assert stack.call("GET", "/status").status == 500
    assert generate().status == 200
    assert stack.call("GET", "/status").status == 200


def test_a_call_whose_response_is_lost_was_made(stack: EmulatedStack, generate: Generate) -> None:
    before = stack.permissions().calls
    with Chaos(stack.emulator) as chaos:
        chaos.function_faults(model_call(FaultEffect.RESPONSE_LOST))
        assert generate().status == 502
        assert chaos.calls_met() == [1]
    assert stack.permissions().calls != before


def test_a_blocked_call_goes_on_when_the_faults_end(stack: EmulatedStack, generate: Generate) -> None:
    with ThreadPoolExecutor() as pool, Chaos(stack.emulator) as chaos:
        chaos.function_faults(model_call(FaultEffect.BLOCKED))
        pending = pool.submit(generate)
        chaos.wait_for_calls()
        assert not pending.done()
        chaos.end()
        assert pending.result(30).status == 200


def test_a_function_is_killed_in_the_middle_of_its_call(stack: EmulatedStack, generate: Generate) -> None:
    function = stack.resources["GenAILambdaFunction"]
    with ThreadPoolExecutor() as pool, Chaos(stack.emulator) as chaos:
        chaos.function_faults(model_call(FaultEffect.DROPPED, function))
        pending = pool.submit(generate)
        chaos.wait_for_calls()
        assert chaos.kill_function(function) == 1
        assert pending.result(30).status == 502
        assert chaos.kill_function(function) == 0
    assert generate().status == 200


def test_a_fault_of_another_function_is_not_met(stack: EmulatedStack, generate: Generate) -> None:
    with Chaos(stack.emulator) as chaos:
        chaos.function_faults(model_call(FaultEffect.REFUSED, "another-function", "AccessDeniedException"))
        assert generate().status == 200
        assert chaos.calls_met() == [0]
        with pytest.raises(LocalError, match="fewer than 1 calls have met the faults within 0 s"):
            chaos.wait_for_calls(timeout_seconds=0)


def test_events_that_are_not_done_are_counted(stack: EmulatedStack) -> None:
    event = {"httpMethod": "POST", "resource": "/generate", "body": json.dumps({"prompt": "Hello"})}
    function = stack.resources["GenAILambdaFunction"]
    with Chaos(stack.emulator) as chaos:
        chaos.function_faults(model_call(FaultEffect.BLOCKED))
        stack.client("lambda").invoke(FunctionName=function, InvocationType="Event", Payload=json.dumps(event))
        chaos.wait_for_calls()
        assert chaos.pending_events() == 1
        chaos.end()
        until(lambda: True if chaos.pending_events() == 0 else None)


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (
            {"service": "dynamo"},
            "faults of 'dynamo' cannot be injected: choose bedrock-runtime, dynamodb, lambda, rekognition, s3, ",
        ),
        ({"action": "sagemaker:InvokeEndpoint"}, "'sagemaker:InvokeEndpoint' is not an action: .* 'InvokeEndpoint'"),
        ({"action": ""}, "'' is not an action"),
        ({"effect": "refused"}, r"'refused' is not the effect of a fault: choose FaultEffect\.REFUSED, "),
        ({"times": -1}, "-1 calls cannot meet a fault: choose 0 to 1000000"),
        ({"status": 200}, "refused with the status 200: choose 400 to 599"),
    ],
)
def test_a_fault_that_no_call_can_meet_is_refused(fault: dict[str, Any], expected: str) -> None:
    with pytest.raises(InvalidOption, match=expected):
        InjectedFault(**{"service": "sagemaker", "action": "*", "effect": FaultEffect.REFUSED, **fault})


@pytest.mark.parametrize(
    ("use", "expected"),
    [
        (
            lambda chaos, name: chaos.model_fault(name, "throttled"),
            r"'throttled' is not .*: choose ModelFault\.",
        ),
        (lambda chaos, name: chaos.model_fault(name, ModelFault.THROTTLED, -1), "-1 calls cannot meet a fault"),
        (
            lambda chaos, _: chaos.model_fault("e", ModelFault.THROTTLED),
            "no endpoint or model 'e'; there are .*stand-in",
        ),
        (lambda chaos, _: chaos.model_without_jpeg("e"), "no endpoint or model 'e'; there are .*stand-in"),
        (lambda chaos, _: chaos.kill_function("nope"), "there is no function 'nope'; .*GenAILambdaFunction"),
    ],
    ids=["fault", "times", "endpoint", "pixels", "function"],
)
def test_what_there_is_not_cannot_fail(
    stack: EmulatedStack, use: Callable[[Chaos, str], object], expected: str
) -> None:
    with Chaos(stack.emulator) as chaos, pytest.raises(InvalidOption, match=expected):
        use(chaos, stack.outputs["EndpointName"])
