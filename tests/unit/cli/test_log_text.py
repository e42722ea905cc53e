"""Lines of logs as a person reads them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genai_templates.aws.logs.lines import LogLine
from genai_templates.cli.log_text import readable, style_of


def line(record: object) -> LogLine:
    return LogLine(0, "Api", record if isinstance(record, str) else json.dumps(record), "group", "stream", "1")


REFUSED = {
    "timestamp": "2026-11-26T12:00:00Z",
    "level": "INFO",
    "message": "refused",
    "logger": "genai_templates",
    "requestId": "invocation-1",
    "code": "invalid_request",
    "reason": "The prompt is too short.",
}
FAILED = {
    "level": "ERROR",
    "message": "failed",
    "request_id": "request-1",
    "errorType": "KeyError",
    "errorMessage": "'body'",
    "stackTrace": ['  File "summarize.py", line 3\n', "    event['body']\n"],
}
ACCESS = {"request_id": "r", "method": "GET", "path": "/prod/status", "status": "200", "error": "-", "time": "now"}
METRICS = {
    "request_id": "r",
    "failure": "",
    "_aws": {"Timestamp": 1},
    "Stack": "s",
    "Operation": "MakeImages",
    "Images": 1,
}


@pytest.mark.parametrize(
    ("record", "text"),
    [
        (REFUSED, 'INFO refused requestId=invocation-1 code=invalid_request reason="The prompt is too short."'),
        (
            FAILED,
            "ERROR failed request_id=request-1\n  File \"summarize.py\", line 3\n    event['body']\nKeyError: 'body'",
        ),
        (ACCESS, "GET /prod/status 200 request_id=r"),
        (METRICS, "MakeImages request_id=r Images=1"),
        ({"time": "now", "type": "platform.report", "record": {"status": "timeout"}}, "platform.report status=timeout"),
        ({"a": 1, "b": [True]}, "a=1 b=[true]"),
        ({"message": "m", "errorType": "E", "errorMessage": "e", "stackTrace": True}, "m\nE: e"),
        ({"type": "platform.start", "record": [1]}, "platform.start"),
        ("plain text", "plain text"),
        ("two\nlines\tthere", "two\nlines\tthere"),
        ('{"not": json', '{"not": json'),
        ("\x1b[31mred\x07", "\N{REPLACEMENT CHARACTER}[31mred\N{REPLACEMENT CHARACTER}"),
    ],
)
def test_a_line_is_a_sentence_with_its_fields(record: object, text: str) -> None:
    assert readable(line(record)) == text


def test_errors_and_warnings_have_a_style() -> None:
    assert style_of(line(FAILED)) == "red"
    assert style_of(line({"level": "WARNING"})) == "yellow"
    assert style_of(line(REFUSED)) == style_of(line("ERROR")) == ""


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda each: (
        st.lists(each) | st.dictionaries(st.sampled_from([*FAILED, *ACCESS, *METRICS, "type", "record"]), each)
    ),
)


@given(JSON)
def test_any_json_can_be_read(record: object) -> None:
    text = readable(line(json.dumps(record)))
    assert "\x1b" not in text
