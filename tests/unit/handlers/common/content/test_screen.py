"""The screen before and behind the model: the first filter that finds something decides, and it is counted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from genai_templates.contract.schemas import REFUSAL_REASONS
from handlers.common.content import refusals, screen
from handlers.common.content.screen import Screen
from handlers.common.errors import ContentFiltered

TEXT = "something that is not to be logged"


class Filter:
    """A filter that finds this, and keeps what it has seen."""

    def __init__(self, reason: str, seconds: float = 0.0) -> None:
        self.reason, self.seconds = reason, seconds
        self.seen: list[tuple[str, bool]] = []

    def connect(self) -> Filter:
        return self

    def find_reason(self, text: str, *, is_prompt: bool) -> str:
        self.seen.append((text, is_prompt))
        return self.reason


def screen_of(monkeypatch: pytest.MonkeyPatch, *filters: Filter) -> Screen:
    modules = {f"handlers.common.content.filter_{number}": each for number, each in enumerate(filters)}
    monkeypatch.setattr(screen, "import_module", modules.__getitem__)
    return Screen(",".join(name.rpartition(".")[2] for name in modules), stack_name="stack")


def test_without_filters_everything_passes_and_nothing_is_loaded() -> None:
    none = Screen("", stack_name="stack")
    none.check_prompt(TEXT, field="prompt", request_id="1")
    none.check_text(TEXT, request_id="1")
    assert none.seconds == 0


def test_a_prompt_is_refused_by_the_first_filter_that_finds_something(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second, third = Filter("", 1.0), Filter("toxicity", 2.0), Filter("prompt_attack")
    both = screen_of(monkeypatch, first, second, third)
    assert both.seconds == 3.0
    with pytest.raises(ContentFiltered) as refused:
        both.check_prompt(TEXT, field="inputs", request_id="request")
    assert (refused.value.reason, [each.field for each in refused.value.details]) == ("toxicity", ["inputs"])
    assert (first.seen, second.seen, third.seen) == ([(TEXT, True)], [(TEXT, True)], [])
    printed = capsys.readouterr().out
    assert TEXT not in printed
    line = json.loads(printed)
    assert {name: line[name] for name in ("Refused", "Reason", "Operation", "Stack", "source", "characters")} == {
        "Refused": 1,
        "Reason": "toxicity",
        "Operation": "FilterContent",
        "Stack": "stack",
        "source": "prompt",
        "characters": len(TEXT),
    }


def test_a_text_of_the_model_is_refused_without_a_field(monkeypatch: pytest.MonkeyPatch) -> None:
    one = Filter("personal_data")
    with pytest.raises(ContentFiltered) as refused:
        screen_of(monkeypatch, one).check_text(TEXT, request_id="request")
    assert (refused.value.details, one.seen) == ((), [(TEXT, False)])
    assert "the model wrote" in refused.value.message


@pytest.mark.parametrize("text", ["", " \n"])
def test_a_text_without_a_word_is_nothing_to_look_at(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    one = Filter("toxicity")
    screen_of(monkeypatch, one).check_text(text, request_id="request")
    assert one.seen == []


def test_the_reasons_are_those_of_the_contract_and_of_the_documentation() -> None:
    reasons = {value for name, value in vars(refusals).items() if name.isupper() and isinstance(value, str)}
    assert {*reasons, ContentFiltered().reason} == set(REFUSAL_REASONS)
    text = (Path(__file__).parents[5] / "docs" / "content.md").read_text("utf-8")
    assert all(f"`{reason}`" in text for reason in REFUSAL_REASONS)
