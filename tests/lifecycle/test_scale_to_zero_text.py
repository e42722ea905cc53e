"""A language model that is scaled to zero: asleep without requests, woken by one, by an alarm, or when it is wanted.

The tests of the stack follow its life: each begins with what the one before it left.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from genai_templates import Hosting, TextStack
from genai_templates.local import EmulatedStack, Emulator, ModelOptions
from genai_templates.local.chaos import Chaos, FaultEffect, InjectedFault
from tests.faults.text_scenarios import REQUESTS, TEXT_SCENARIOS, TextScenario, TextTarget, run_text
from tests.lifecycle.page import with_another_page
from tests.lifecycle.stacks import artifact_keys

PROMPT = {"prompt": "Hello", "max_new_tokens": 8}
LONG = ModelOptions(wake_seconds=3600)
AT_ONCE = ModelOptions()


def new_stack(make_stack: Callable[..., EmulatedStack], **parameters: str) -> EmulatedStack:
    """Return a stack that is not created yet."""
    stack = make_stack("text", **parameters)
    stack.parameters |= artifact_keys(stack)
    stack.template = TextStack(hosting=Hosting.SCALE_TO_ZERO).to_json()
    return stack


@pytest.fixture(scope="module")
def stack(make_stack: Callable[..., EmulatedStack]) -> EmulatedStack:
    created = new_stack(make_stack, MaxInstances="3", ThrottleRate="10000", ThrottleBurst="5000")
    created.create()
    return created


@pytest.fixture
def chaos(emulator: Emulator) -> Iterator[Chaos]:
    """Faults, and a time to wake, that end with the test."""
    with Chaos(emulator) as chaos:
        yield chaos
    emulator.use_model(AT_ONCE)


def state(stack: EmulatedStack) -> str:
    """Return the model's state as the API shows it."""
    body = stack.call("GET", "/status").json()
    assert body["ready"] is (body["state"] == "ready")
    return str(body["state"])


def copies(stack: EmulatedStack) -> tuple[int, int]:
    """Return how many copies are wanted, and how many run."""
    name = stack.outputs["EndpointName"]
    described = stack.client("sagemaker").describe_inference_component(InferenceComponentName=name)
    return described["RuntimeConfig"]["DesiredCopyCount"], described["RuntimeConfig"]["CurrentCopyCount"]


def check_asleep(stack: EmulatedStack) -> None:
    response = stack.call("POST", "/generate", PROMPT)
    assert (response.status, response.json()["error"]["code"]) == (503, "model_asleep")
    assert int(response.headers["retry-after"]) == 30


def test_a_new_stack_is_awake(stack: EmulatedStack) -> None:
    assert state(stack) == "ready"
    assert stack.call("POST", "/generate", PROMPT).status == 200


def test_without_requests_it_falls_asleep_and_a_request_wakes_it(
    emulator: Emulator, stack: EmulatedStack, chaos: Chaos
) -> None:
    emulator.use_model(LONG)
    stack.put_to_sleep()
    assert (state(stack), copies(stack)) == ("asleep", (0, 0))
    check_asleep(stack)
    assert (state(stack), copies(stack)) == ("waking", (1, 0))
    check_asleep(stack)
    emulator.use_model(AT_ONCE)
    assert state(stack) == "ready"
    assert stack.call("POST", "/generate", PROMPT).status == 200


def test_a_text_in_parts_wakes_it_as_well(stack: EmulatedStack) -> None:
    stack.put_to_sleep()
    response = stack.call("POST", "/summarize", {"text": "A fox jumps over a dog. " * 600})
    assert (response.status, response.json()["error"]["code"]) == (503, "model_asleep")
    assert state(stack) == "ready"


def test_while_it_wakes_neither_its_alarms_nor_its_idleness_change_the_copies(
    emulator: Emulator, stack: EmulatedStack, chaos: Chaos
) -> None:
    stack.put_to_sleep()
    emulator.use_model(LONG)
    stack.call("POST", "/wake")
    check_asleep(stack)
    stack.run_wake_alarms()
    assert copies(stack) == (1, 0)
    stack.put_to_sleep()  # a time without requests, in which there is no copy to count requests of
    assert copies(stack) == (1, 0)


def test_where_the_direct_call_fails_the_alarm_wakes_it(stack: EmulatedStack, chaos: Chaos) -> None:
    stack.put_to_sleep()
    assert stack.run_wake_alarms() == []
    action = "UpdateInferenceComponentRuntimeConfig"
    chaos.function_faults(InjectedFault("sagemaker", action, FaultEffect.REFUSED, code="ThrottlingException"))
    check_asleep(stack)
    assert state(stack) == "asleep"
    (alarm,) = stack.run_wake_alarms()
    assert alarm == stack.resources["WakeAlarm"]
    assert stack.call("POST", "/generate", PROMPT).status == 200
    assert copies(stack) == (1, 1)


def test_it_can_be_woken_without_a_request(emulator: Emulator, stack: EmulatedStack, chaos: Chaos) -> None:
    stack.put_to_sleep()
    emulator.use_model(LONG)
    response = stack.call("POST", "/wake")
    body = {"ready": False, "state": "waking", "endpoint_status": "Updating"}
    assert (response.status, response.json()) == (202, body)
    emulator.use_model(AT_ONCE)
    response = stack.call("POST", "/wake")
    assert (response.status, response.json()["state"]) == (202, "ready")


def test_the_page_knows_whether_to_wake_it(stack: EmulatedStack) -> None:
    assert stack.browse("/config.json").json()["wakeWhenOpened"] == "false"


@pytest.mark.parametrize("scenario", TEXT_SCENARIOS, ids=lambda scenario: scenario.name)
def test_requests_are_told_what_failed(stack: EmulatedStack, chaos: Chaos, scenario: TextScenario) -> None:
    url = stack.outputs["ApiGatewayUrl"]
    target = TextTarget(
        chaos, stack.outputs["EndpointName"], lambda method, path, body: stack.call(method, path, body, api=url)
    )
    reported = run_text(target, scenario)
    assert reported.faults == ()
    assert reported.during == {f"{scenario.status} {scenario.code}": REQUESTS}
    assert reported.after == {200: 2}


def test_an_update_that_leaves_the_component_alone_leaves_it_asleep(stack: EmulatedStack) -> None:
    stack.put_to_sleep()
    page = with_another_page(stack.emulator, stack.parameters["CustomResourcesS3Key"])
    stack.update(CustomResourcesS3Key=page)
    stack.update(IdleMinutes="5", AllowedOrigin="https://www.example.com")
    assert state(stack) == "asleep"


def test_an_update_that_changes_the_component_wakes_it(stack: EmulatedStack) -> None:
    document = json.loads(str(stack.template))
    specification: dict[str, Any] = document["Resources"]["InferenceComponent"]["Properties"]["Specification"]
    specification["StartupParameters"]["ContainerStartupHealthCheckTimeoutInSeconds"] = 900
    stack.update(json.dumps(document))
    assert state(stack) == "ready"


def test_its_deletion_goes_from_its_alarms_to_its_model(stack: EmulatedStack) -> None:
    stack.delete()
    gone = {each.logical_id: place for place, each in enumerate(stack.events) if each.status == "DELETE_COMPLETE"}
    for chain in (
        ("IdleAlarm", "SleepPolicy", "ScalableTarget", "InferenceComponent", "Endpoint", "EndpointConfig", "Model"),
        ("WakeAlarm", "WakePolicy", "ScalableTarget"),
        ("CopyTracking", "ScalableTarget"),
        ("EndpointConfig", "EndpointRole"),
    ):
        places = [gone[name] for name in chain]
        assert places == sorted(places), chain


def test_nothing_is_left_that_costs(stack: EmulatedStack) -> None:
    sagemaker = stack.client("sagemaker")
    name = f"genai-{stack.stack_id.rpartition('/')[2]}"
    assert sagemaker.list_inference_components(NameContains=name)["InferenceComponents"] == []
    assert sagemaker.list_endpoints(NameContains=name)["Endpoints"] == []
    scaling = stack.client("application-autoscaling").describe_scalable_targets(ServiceNamespace="sagemaker")
    assert not [each for each in scaling["ScalableTargets"] if name in each["ResourceId"]]


def test_no_call_was_refused_and_no_permission_is_there_that_nothing_uses(stack: EmulatedStack) -> None:
    report = stack.permissions()
    assert report.refused == ()
    assert report.unused == {}, report.lines()
