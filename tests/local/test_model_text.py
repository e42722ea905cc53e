"""The stand-in for a language model writes what makes sense, ends where it may, and says who wrote it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genai_templates.local.stand_in.sentences import sentences
from genai_templates.local.stand_in.text import CHARACTERS_PER_TOKEN, NOTES, continuation, summary, write

PROMPT = "Summarize the following text in a few sentences.\n\nText: {text}\n\nSummary:"
AMAZON = (
    "The Amazon rainforest covers most of the Amazon basin of South America. Dr. Smith of the U.S. Forest Service says "
    "that nine nations share it. Is it raining? Yes. The majority of the rainforest is in Brazil, with 60% of it. The "
    "Amazon represents over half of the planet's remaining rainforests. We had lunch. Deforestation threatens the "
    "Amazon rainforest, and scientists warn of a tipping point."
)
TOPICS = [
    ("Write a poem about the sea at night.", "the sea"),
    ("What is quantum computing?", "quantum computing"),
    ("Give me five tips for better sleep", "better sleep"),
    ("Tell me a story about a small fox", "a small fox"),
    ("Write an email about our garden party", "our garden party"),
    ("Explain in simple terms how photosynthesis works.", "photosynthesis"),
    ("The old lighthouse stood on the cliff and", "the old lighthouse"),
]


def test_a_summary_has_the_weighty_sentences_in_the_texts_order() -> None:
    assert summary(AMAZON, 1000) == (
        "The Amazon rainforest covers most of the Amazon basin of South America. The Amazon represents over half of "
        "the planet's remaining rainforests. Deforestation threatens the Amazon rainforest, and scientists warn of a "
        "tipping point."
    )


@given(text=st.text(), tokens=st.integers(1, 200))
def test_no_answer_is_longer_than_was_asked_for(text: str, tokens: int) -> None:
    for prompt in (text, PROMPT.format(text=text)):
        assert len(write(prompt, tokens)) <= tokens * CHARACTERS_PER_TOKEN


@given(room=st.integers(80, 1000))
def test_a_summary_ends_with_a_whole_sentence_where_one_fits(room: int) -> None:
    written = summary(AMAZON, room)
    assert len(written) <= room
    assert set(sentences(written)) <= set(sentences(AMAZON))


def test_a_sentence_that_does_not_fit_is_cut_at_a_word_and_shown_to_be() -> None:
    assert summary(AMAZON, 40) == "The Amazon rainforest covers most of…"


def test_a_summary_says_nothing_twice() -> None:
    assert summary(f"{AMAZON} " * 9, 1000) == summary(AMAZON, 1000)


def test_the_instruction_is_no_part_of_the_text() -> None:
    assert write(PROMPT.format(text="Foxes jump."), 100).startswith("Foxes jump.")


@pytest.mark.parametrize(("tokens", "note"), [(100, NOTES[0]), (20, NOTES[1]), (6, "")])
@pytest.mark.parametrize("prompt", [PROMPT.format(text=AMAZON), "Write a poem about the sea"])
def test_a_text_ends_with_who_wrote_it_if_there_is_room(prompt: str, tokens: int, note: str) -> None:
    text, _, last = write(prompt, tokens).rpartition("\n")
    assert last == note or (not note and not text)
    assert not note or text


def test_summaries_that_are_merged_name_the_writer_once() -> None:
    animals = ("Horses", "Cows", "Goats", "Sheep", "Hares", "Deer")
    parts = " ".join(write(PROMPT.format(text=f"{animal} eat grass."), 100) for animal in animals)
    merged = write(PROMPT.format(text=parts), 200)
    assert parts.count("stand-in") == 6
    assert merged.count("stand-in") == 1


def test_a_sentence_that_says_something_new_comes_before_one_that_does_not() -> None:
    text = (
        "Foxes eat red berries in autumn. Foxes eat red berries in autumn gladly. Owls hunt small mice at night. "
        "It rained. It snowed. Mice fear owls at night."
    )
    assert summary(text, 1000) == "Foxes eat red berries in autumn. Mice fear owls at night."


def test_of_sentences_alike_the_first_is_taken() -> None:
    assert summary("Apples are sweet fruit. Pears are juicy fruit. Plums are purple fruit.", 1000) == (
        "Apples are sweet fruit."
    )


@pytest.mark.parametrize(("prompt", "topic"), TOPICS)
def test_a_prompt_is_continued_with_what_it_is_about(prompt: str, topic: str) -> None:
    assert topic in continuation(prompt, 1000).lower()


@pytest.mark.parametrize(
    ("prompt", "sign"),
    [
        ("Write a poem about rain", "\n"),
        ("List three names for a dog", "1. "),
        ("A letter to my aunt", "Dear"),
        ("Why?", "question"),
    ],
)
def test_the_form_is_the_one_asked_for(prompt: str, sign: str) -> None:
    assert sign in continuation(prompt, 1000)


def test_a_continuation_ends_with_a_whole_sentence() -> None:
    whole = continuation("Tell me a story about a fox", 1000)
    for room in range(40, 250):
        told = continuation("Tell me a story about a fox", room)
        assert len(told) <= room
        assert whole.startswith(told)
        assert told.endswith(".")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('He said "Go!" They went.', ['He said "Go!"', "They went."]),
        (
            "Mr. Fox and J. R. Hen met at 3.5 km, e.g. here. Good.",
            ["Mr. Fox and J. R. Hen met at 3.5 km, e.g. here.", "Good."],
        ),
        ("one\ntwo", ["one", "two"]),
        ("他来了。她走了。", ["他来了。", "她走了。"]),
        ("", []),
    ],
)
def test_sentences_end_where_a_reader_sees_them_end(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected
