"""Requests are read field by field, and never raise anything but the documented error."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.common.errors import InvalidRequest
from handlers.common.validation import Fields, collapse_whitespace

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


def read_all(data: dict[str, object]) -> tuple[str, int, float]:
    fields = Fields(data)
    expected = (
        fields.text("text", minimum=1, maximum=10),
        fields.integer("whole", minimum=1, maximum=5, default=2),
        fields.number("real", minimum=0.5, maximum=1.5, default=1),
    )
    fields.raise_if_invalid()
    return expected


def read_or_refuse(data: dict[str, object]) -> tuple[str, int, float] | InvalidRequest:
    try:
        return read_all(data)
    except InvalidRequest as error:
        return error


@given(st.dictionaries(st.sampled_from(["text", "whole", "real", "other"]), JSON))
def test_any_object_is_taken_or_refused_with_details(data: dict[str, object]) -> None:
    expected = read_or_refuse(data)
    if isinstance(expected, InvalidRequest):
        assert {problem.field for problem in expected.details} <= {"text", *data}
        return
    text, whole, real = expected
    assert 1 <= len(text) <= 10
    assert 1 <= whole <= 5
    assert 0.5 <= real <= 1.5


def test_every_wrong_field_is_named() -> None:
    with pytest.raises(InvalidRequest) as caught:
        read_all({"text": "", "whole": True, "real": float("nan"), "colour": 1})
    assert [problem.field for problem in caught.value.details] == ["text", "whole", "real", "colour"]


@pytest.mark.parametrize("value", ["a\x00b", "a\ud800b", "bell\x07"])
def test_control_characters_are_refused(value: str) -> None:
    with pytest.raises(InvalidRequest, match="control characters"):
        read_all({"text": value})


@given(st.text())
def test_folding_leaves_single_spaces_and_every_word(text: str) -> None:
    folded = collapse_whitespace(text)
    assert folded.split() == text.split()
    assert folded == " ".join(folded.split(" "))
    assert "  " not in folded
    assert "\n" not in folded


@given(st.text(min_size=1, max_size=40))
def test_a_verbatim_text_is_taken_as_typed_or_refused(text: str) -> None:
    fields = Fields({"prompt": text})
    taken = fields.verbatim_text("prompt", maximum=40)
    refused = not text.strip() or any(
        ord(c) in {*range(9), *range(14, 28), 127} or 0xD800 <= ord(c) < 0xE000 for c in text
    )
    assert bool(fields.problems) == refused
    assert refused or taken == text


def test_limits_are_included() -> None:
    assert read_all({"text": "x" * 10, "whole": 5, "real": 0.5}) == ("x" * 10, 5, 0.5)
    for wrong in ({"text": "x" * 11}, {"text": "x", "whole": 6}, {"text": "x", "real": 0.49}):
        with pytest.raises(InvalidRequest):
            read_all(dict(wrong))


@pytest.mark.parametrize("value", [10**400, -(10**400), float("inf"), float("nan")])
@pytest.mark.parametrize("field", ["whole", "real"])
def test_a_number_that_no_machine_number_holds_is_refused(field: str, value: float) -> None:
    with pytest.raises(InvalidRequest):
        read_all({"text": "x", field: value})


def test_a_field_that_is_not_known_is_named_as_a_log_can_take_it() -> None:
    with pytest.raises(InvalidRequest) as caught:
        read_all({"text": "a", "lone \ud800": 1, "line\n": 1, "größe": 1})
    # Lambda writes its log in UTF-8, and a record that cannot be written would raise inside of the handler.
    named = [problem.field for problem in caught.value.details]
    assert named == ["'lone \\ud800'", "'line\\n'", "größe"]
    assert caught.value.message.encode()


def test_only_the_first_of_many_problems_are_told() -> None:
    with pytest.raises(InvalidRequest) as caught:
        read_all({"text": "a", **dict.fromkeys(map(str, range(30_000)), 1)})
    assert len(caught.value.details) == 20
