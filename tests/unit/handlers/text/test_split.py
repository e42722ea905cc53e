"""A text is split without losing anything, whatever it is made of."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from handlers.common.validation import fold
from handlers.text.split import split


@given(st.text(), st.integers(min_value=1, max_value=50))
def test_nothing_is_lost_and_no_part_is_too_long(text: str, maximum: int) -> None:
    folded = fold(text)
    parts = split(folded, maximum)
    assert all(1 <= len(part) <= maximum for part in parts)
    assert "".join(parts).replace(" ", "") == folded.replace(" ", "")


@given(st.lists(st.text("abc", min_size=1, max_size=9), min_size=1, max_size=20))
def test_words_that_fit_stay_whole(words: list[str]) -> None:
    parts = split(" ".join(words), 10)
    assert [word for part in parts for word in part.split()] == words


def test_parts_end_with_sentences_where_they_can() -> None:
    assert split("One two. Three four. Five.", 20) == ["One two. Three four.", "Five."]
