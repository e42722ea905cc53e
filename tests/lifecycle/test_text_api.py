"""The text application over HTTP: the zipped handler, with the environment and the role that the stack gives it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from genai_templates.local import EmulatedStack, Emulator, ModelOptions
from genai_templates.local.chaos import Chaos, ModelFault
from genai_templates.local.stack_inputs import EXISTING_ENDPOINT as ENDPOINT

FOX = (
    "The quick brown fox jumps over the lazy dog. Every fox likes to jump, and this fox jumps high. "
    "The weather was fine. Nobody knows why the dog is lazy, but the fox knows the dog."
)


@pytest.fixture
def chaos(emulator: Emulator) -> Iterator[Chaos]:
    """Faults that end with the test."""
    with Chaos(emulator) as chaos:
        yield chaos


@pytest.fixture(scope="module")
def unready(make_stack: Callable[..., EmulatedStack]) -> EmulatedStack:
    stack = make_stack("text", ExistingEndpointName="no-such-endpoint")
    stack.create()
    return stack


def test_a_text_is_summarised(text: EmulatedStack) -> None:
    response = text.call("POST", "/summarize", {"text": FOX})
    assert response.status == 200
    body = response.json()
    assert "fox" in body["summary"]
    assert body["parts"] == 1
    assert body["model"] == "huggingface-llm-falcon-7b-instruct-bf16"


def test_a_text_beyond_the_window_is_summarised_in_parts(text: EmulatedStack) -> None:
    body = text.call("POST", "/summarize", {"text": FOX * 50}).json()
    assert body["parts"] > 1
    assert "fox" in body["summary"]


def test_text_is_generated(text: EmulatedStack) -> None:
    response = text.call("POST", "/generate", {"prompt": FOX, "max_new_tokens": 40})
    assert response.status == 200
    assert response.json()["generated_text"]


def test_the_model_is_ready(text: EmulatedStack) -> None:
    response = text.call("GET", "/status")
    assert (response.status, response.json()) == (
        200,
        {"ready": True, "state": "ready", "endpoint_status": "InService"},
    )


def test_a_wrong_field_is_named(text: EmulatedStack) -> None:
    response = text.call("POST", "/generate", {"prompt": "Hello", "temperature": 9})
    assert response.status == 400
    assert response.json()["error"]["code"] == "invalid_request"
    assert [detail["field"] for detail in response.json()["error"]["details"]] == ["temperature"]


@pytest.mark.parametrize("body", [b"{", b"[1]", b'"text"'])
def test_what_is_no_object_is_refused_before_the_function(text: EmulatedStack, body: bytes) -> None:
    response = text.call("POST", "/summarize", body, headers={"Content-Type": "application/json"})
    assert response.status == 400
    assert response.json()["error"]["code"] == "invalid_request"


def test_an_unknown_path_is_not_found(text: EmulatedStack) -> None:
    response = text.call("GET", "/nothing")
    assert (response.status, response.json()["error"]["code"]) == (404, "not_found")


def test_a_body_of_more_than_256_kibibytes_is_too_large(text: EmulatedStack) -> None:
    response = text.call("POST", "/summarize", {"text": "x" * 262_144})
    assert (response.status, response.json()["error"]["code"]) == (413, "payload_too_large")


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        (ModelFault.SERVER_ERROR, 502, "model_failed"),
        (ModelFault.TIMED_OUT, 504, "model_timeout"),
        (ModelFault.THROTTLED, 429, "too_many_requests"),
    ],
)
def test_a_model_that_fails_is_told_apart(
    text: EmulatedStack, chaos: Chaos, fault: ModelFault, status: int, code: str
) -> None:
    chaos.model_fault(ENDPOINT, fault)
    response = text.call("POST", "/generate", {"prompt": "Hello"})
    assert (response.status, response.json()["error"]["code"]) == (status, code)
    assert "arn:" not in response.body.decode()
    assert "memory" not in response.body.decode()


def test_without_the_endpoint_the_model_is_not_ready(unready: EmulatedStack) -> None:
    response = unready.call("POST", "/generate", {"prompt": "Hello"})
    assert (response.status, response.json()["error"]["code"]) == (503, "model_not_ready")
    assert int(response.headers["retry-after"]) > 0
    assert unready.call("GET", "/status").json()["ready"] is False


def test_while_the_endpoint_is_deployed_the_model_is_not_ready(emulator: Emulator, text: EmulatedStack) -> None:
    emulator.use_model(ModelOptions(not_ready_seconds=3600))
    try:
        assert text.call("GET", "/status").json() == {
            "ready": False,
            "state": "starting",
            "endpoint_status": "Creating",
        }
        assert text.call("POST", "/summarize", {"text": FOX}).json()["error"]["code"] == "model_not_ready"
    finally:
        emulator.use_model(ModelOptions())
    assert text.call("GET", "/status").json()["ready"] is True


def test_what_the_stand_in_writes_says_so(text: EmulatedStack) -> None:
    for path, body in (("/summarize", {"text": FOX * 50}), ("/generate", {"prompt": "Hello"})):
        response = text.call("POST", path, body).json()
        assert str(response.get("summary") or response.get("generated_text")).count("stand-in") == 1


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/generate", {"prompt": "Hello"}),
        ("POST", "/generate", {}),
        ("POST", "/generate", [1]),
        ("GET", "/x", 0),
    ],
)
def test_another_origin_can_read_every_answer(text: EmulatedStack, method: str, path: str, body: object) -> None:
    response = text.call(method, path, body or None)
    assert response.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("path", ["/summarize", "/generate", "/status", "/wake"])
def test_a_preflight_is_answered_without_the_function(text: EmulatedStack, path: str) -> None:
    response = text.call("OPTIONS", path)
    assert response.status == 204
    assert response.headers["access-control-allow-origin"] == "*"
    assert "OPTIONS" in response.headers["access-control-allow-methods"]
    assert "Content-Type" in response.headers["access-control-allow-headers"]
