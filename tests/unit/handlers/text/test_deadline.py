"""Nothing outlasts the deadline: the response is on its way before Lambda stops the function."""

from __future__ import annotations

import time
from collections.abc import Iterator
from threading import Event
from typing import Any

import pytest

from handlers.common.errors import ModelFailed, ModelTimeout
from handlers.common.hosting.endpoint import Endpoint
from handlers.text.codecs import GenerationParameters, load_codec
from handlers.text.deadline import map_before
from handlers.text.summary import Model, summarize_text

PARAMETERS = GenerationParameters(max_new_tokens=200, temperature=0.7, top_p=0.9)


@pytest.fixture
def never() -> Iterator[Event]:
    """What a model that hangs waits for; it is let go at the end of the test."""
    event = Event()
    yield event
    event.set()


def test_results_keep_the_order_of_the_items() -> None:
    assert map_before(time.monotonic() + 5, str, range(20)) == [str(number) for number in range(20)]


def test_one_call_that_hangs_ends_at_the_deadline(never: Event) -> None:
    started = time.monotonic()
    with pytest.raises(ModelTimeout):
        map_before(started + 0.1, lambda _: never.wait(30), ["only"])
    assert time.monotonic() - started < 5


def test_nothing_is_done_after_the_deadline() -> None:
    done: list[str] = []
    with pytest.raises(ModelTimeout):
        map_before(time.monotonic() - 1, done.append, ["late"])
    assert done == []


def test_what_the_work_raises_is_raised() -> None:
    def fail(_: object) -> None:
        raise ModelFailed("it failed")

    with pytest.raises(ModelFailed):
        map_before(time.monotonic() + 5, fail, [1, 2, 3])


def model_saying(say: Any, monkeypatch: pytest.MonkeyPatch) -> Model:
    monkeypatch.setattr(Model, "generate", lambda self, prompt, parameters: say(prompt))
    endpoint = Endpoint("endpoint", function_timeout=28)
    return Model(endpoint, load_codec("tgi"), max_input_tokens=1024, max_total_tokens=2048)


def test_a_merge_that_hangs_ends_at_the_deadline(never: Event, monkeypatch: pytest.MonkeyPatch) -> None:
    def say(prompt: str) -> str:
        if "a short part" in prompt:
            never.wait(30)
        return "a short part."

    model = model_saying(say, monkeypatch)
    started = time.monotonic()
    with pytest.raises(ModelTimeout):
        summarize_text(model, "word. " * 1000, PARAMETERS, deadline=started + 0.3)
    assert time.monotonic() - started < 5


@pytest.mark.parametrize("text", ["short", "word. " * 1000])
def test_a_model_that_says_nothing_has_failed(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    model = model_saying(lambda prompt: "", monkeypatch)
    with pytest.raises(ModelFailed, match="empty"):
        summarize_text(model, text, PARAMETERS, deadline=time.monotonic() + 5)
