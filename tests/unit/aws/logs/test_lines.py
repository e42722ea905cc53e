"""Which lines belong together, and the filter that finds them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genai_templates.aws.logs.lines import LogLine, filter_pattern, related_ids
from genai_templates.local.ministack_patches import log_events


def line(record: object) -> LogLine:
    return LogLine(0, "Api", record if isinstance(record, str) else json.dumps(record), "group", "stream", "1")


def test_a_line_about_a_known_id_has_others_of_the_same_request() -> None:
    record = {"request_id": "r", "job_id": "j", "requestId": "invocation", "ip": "203.0.113.7"}
    assert related_ids(line(record), ["j"]) == {"r", "j", "invocation"}


@pytest.mark.parametrize(
    "record",
    [
        {"request_id": "other", "path": "/prod/generate/j"},
        {"request_id": "other"},
        ["j"],
        "START RequestId: j",
        '{"job_id": "j"',
        "{}",
    ],
)
def test_a_line_that_only_mentions_the_id_has_none(record: object) -> None:
    assert related_ids(line(record), ["j"]) == set()


def test_no_text_matches_all_lines_and_several_any_of_them() -> None:
    assert filter_pattern([]) == ""
    assert filter_pattern(["a b"]) == '"a b"'
    assert filter_pattern(["a", "b"]) == '?"a" ?"b"'


@given(st.lists(st.text(min_size=1, max_size=40), min_size=1, max_size=60))
def test_a_pattern_finds_its_texts_and_is_never_too_long(texts: list[str]) -> None:
    pattern = filter_pattern([*texts, *(f"{number:>100}" for number in range(11))])
    assert len(pattern) <= 1024
    assert log_events.matcher(pattern)(f"before {texts[0]} after")
