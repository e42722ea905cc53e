"""Both applications on Amazon Bedrock: created, used, switched to another model, and deleted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from genai_templates import Hosting
from genai_templates.local import EmulatedStack
from genai_templates.local.chaos import Chaos, FaultEffect, InjectedFault, ModelFault
from tests.lifecycle.jobs import PROMPT, made
from tests.lifecycle.stacks import failure_of


@pytest.fixture(scope="module")
def on_bedrock(make_stack: Callable[..., EmulatedStack]) -> Callable[..., EmulatedStack]:
    """Make the stack of an application, once for this module."""
    stacks: dict[str, EmulatedStack] = {}

    def of(app: str, **parameters: str) -> EmulatedStack:
        if app not in stacks:
            stacks[app] = make_stack(app, Hosting.BEDROCK, **parameters)
            stacks[app].create()
        return stacks[app]

    return of


@contextmanager
def without_access(chaos: Chaos) -> Iterator[None]:
    """Refuse every function the model, as an account does that has not been granted it."""
    refused = InjectedFault(
        "bedrock-runtime", "InvokeModel", FaultEffect.REFUSED, code="AccessDeniedException", status=403
    )
    chaos.function_faults(refused)
    yield
    chaos.end()


def test_texts_are_written_and_the_model_is_switched_by_a_parameter(
    on_bedrock: Callable[..., EmulatedStack],
) -> None:
    stack = on_bedrock("text")
    assert stack.outputs["ModelId"] == "us.amazon.nova-2-lite-v1:0"
    assert stack.call("GET", "/status").json()["ready"] is True
    response = stack.call("POST", "/summarize", {"text": "A fox jumps over a dog. " * 300, "temperature": 1.8})
    assert (response.status, response.json()["parts"]) == (200, 1)
    stack.update(ModelId="amazon.nova-micro-v1:0")
    assert stack.outputs["ModelId"] == "us.amazon.nova-micro-v1:0"
    response = stack.call("POST", "/generate", {"prompt": "Hello"})
    assert (response.status, response.json()["model"]) == (200, "amazon.nova-micro-v1:0")
    assert stack.permissions().refused == ()
    assert "GenAILambdaFunction" not in stack.permissions().unused


def test_images_are_made_in_the_requested_size_and_failures_can_be_read(
    on_bedrock: Callable[..., EmulatedStack],
) -> None:
    stack = on_bedrock("image", JobRetries="0")
    job = made(stack, {**PROMPT, "width": 512, "height": 768, "num_images": 3})
    assert [(image["width"], image["height"]) for image in job["images"]] == [(512, 768)] * 3
    stack.update(ModelId="stability.sd3-5-large-v1:0")
    assert made(stack, PROMPT)["status"] == "SUCCEEDED"
    assert stack.permissions().refused == ()
    assert "EndpointCallFunction" not in stack.permissions().unused
    with Chaos(stack.emulator) as chaos:
        chaos.model_fault("stability.sd3-5-large-v1:0", ModelFault.THROTTLED)
        assert "too much to do" in made(stack, PROMPT)["error"]["message"]
        with without_access(chaos):
            assert "no access to the model" in made(stack, PROMPT)["error"]["message"]


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        (ModelFault.THROTTLED, 429, "too_many_requests"),
        (ModelFault.TIMED_OUT, 504, "model_timeout"),
        (ModelFault.NOT_READY, 503, "model_not_ready"),
        (ModelFault.CLIENT_ERROR, 400, "invalid_request"),
        (ModelFault.SERVER_ERROR, 502, "model_failed"),
        (ModelFault.CONNECTION_LOST, 502, "model_failed"),
        (ModelFault.MALFORMED_JSON, 502, "model_failed"),
        (ModelFault.TRUNCATED, 502, "model_failed"),
        (ModelFault.NOT_AN_IMAGE, 502, "model_failed"),
    ],
)
def test_every_fault_of_the_model_is_told_in_plain_words(
    on_bedrock: Callable[..., EmulatedStack], fault: ModelFault, status: int, code: str
) -> None:
    stack = on_bedrock("text")
    with Chaos(stack.emulator) as chaos:
        chaos.model_fault(stack.outputs["ModelId"], fault)
        response = stack.call("POST", "/generate", {"prompt": "Hello"})
    assert (response.status, response.json()["error"]["code"]) == (status, code)
    assert stack.call("POST", "/generate", {"prompt": "Hello"}).status == 200


def test_an_account_without_access_is_told_so(on_bedrock: Callable[..., EmulatedStack]) -> None:
    stack = on_bedrock("text")
    with Chaos(stack.emulator) as chaos, without_access(chaos):
        response = stack.call("POST", "/generate", {"prompt": "Hello"})
    assert (response.status, response.json()["error"]["code"]) == (502, "model_access_denied")
    assert "arn:" not in response.body.decode()


def test_a_model_that_is_not_on_offer_is_refused_before_anything_is_created(
    make_stack: Callable[..., EmulatedStack],
) -> None:
    stack = make_stack("image", Hosting.BEDROCK, ModelId="amazon.nova-canvas-v1:0")
    assert "ModelId" in str(failure_of(stack.create))


def test_deletion_leaves_nothing(on_bedrock: Callable[..., EmulatedStack]) -> None:
    for app in ("text", "image"):
        on_bedrock(app).delete()
