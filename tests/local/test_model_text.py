"""The stand-in for a language model: short enough, of the text itself, and saying who wrote it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genai_templates.local.stand_in.text import CHARACTERS_PER_TOKEN, NOTES, continuation, summary, write

PROMPT = "Summarize the following text in a few sentences.\n\nText: {text}\n\nSummary:"
TEXT = "Foxes eat berries. Owls hunt mice. It rained! Did it snow? Hens lay eggs. Cows eat grass."


def test_a_summary_has_the_first_sentences() -> None:
    assert summary(TEXT, 1000) == "Foxes eat berries. Owls hunt mice."
    assert summary("他来了。她走了。他们笑了。", 1000) == "他来了。"


@given(text=st.text(), tokens=st.integers(1, 200))
def test_no_answer_is_longer_than_was_asked_for(text: str, tokens: int) -> None:
    for prompt in (text, PROMPT.format(text=text)):
        assert len(write(prompt, tokens)) <= tokens * CHARACTERS_PER_TOKEN


@given(room=st.integers(20, 1000))
def test_a_summary_ends_with_a_whole_sentence_where_one_fits(room: int) -> None:
    written = summary(TEXT, room)
    assert TEXT.startswith(written)
    assert written.endswith(".")


def test_a_sentence_that_does_not_fit_is_cut_at_a_word_and_shown_to_be() -> None:
    assert summary("The Amazon rainforest covers most of the basin.", 30) == "The Amazon rainforest covers…"


def test_a_summary_says_nothing_twice() -> None:
    assert summary(f"{TEXT} " * 9, 1000) == summary(TEXT, 1000)


def test_the_instruction_is_no_part_of_the_text() -> None:
    assert write(PROMPT.format(text="Foxes jump."), 100).startswith("Foxes jump.")


@pytest.mark.parametrize(("tokens", "note"), [(100, NOTES[0]), (20, NOTES[1]), (6, "")])
@pytest.mark.parametrize("prompt", [PROMPT.format(text=TEXT), "Write a poem about the sea"])
def test_a_text_ends_with_who_wrote_it_if_there_is_room(prompt: str, tokens: int, note: str) -> None:
    text, _, last = write(prompt, tokens).rpartition("\n")
    assert last == note or (not note and not text)
    assert not note or text


def test_summaries_that_are_merged_name_the_writer_once() -> None:
    animals = ("Horses", "Cows", "Goats", "Sheep", "Hares", "Deer")
    parts = " ".join(write(PROMPT.format(text=f"{animal} eat grass."), 100) for animal in animals)
    assert parts.count("stand-in") == 6
    assert write(PROMPT.format(text=parts), 200).count("stand-in") == 1


def test_a_continuation_names_its_prompt() -> None:
    assert "a poem\nabout rain".replace("\n", " ") in continuation("a poem\nabout rain", 1000)
    assert continuation("one", 1000) != continuation("two", 1000)
