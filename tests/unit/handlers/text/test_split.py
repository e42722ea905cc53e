"""A text is split without losing anything, whatever it is made of."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from handlers.common.validation import collapse_whitespace
from handlers.text.split import split

# Words and sentences of all lengths, next to any text at all.
TEXTS = st.text() | st.text(alphabet="ab. ", max_size=200) | st.text(alphabet="a", min_size=60, max_size=300)


@given(TEXTS, st.integers(min_value=1, max_value=50))
def test_nothing_is_lost_and_no_part_is_too_long(text: str, maximum: int) -> None:
    folded = collapse_whitespace(text)
    parts = split(folded, maximum)
    assert all(1 <= len(part) <= maximum for part in parts)
    assert "".join(parts).replace(" ", "") == folded.replace(" ", "")


@given(st.lists(st.text("abc", min_size=1, max_size=9), min_size=1, max_size=20))
def test_words_that_fit_stay_whole(words: list[str]) -> None:
    parts = split(" ".join(words), 10)
    assert [word for part in parts for word in part.split()] == words
    assert all(len(part) <= 10 for part in parts)


def test_a_part_may_be_as_long_as_the_window_and_no_longer() -> None:
    assert split("aaaa bbbb cccc", 9) == ["aaaa bbbb", "cccc"]
    assert split("aaaa bbbb cccc", 8) == ["aaaa", "bbbb", "cccc"]


def test_one_giant_word_is_cut() -> None:
    assert split("a" * 25, 10) == ["a" * 10, "a" * 10, "a" * 5]


def test_parts_end_with_sentences_where_they_can() -> None:
    assert split("One two. Three four. Five.", 20) == ["One two. Three four.", "Five."]
