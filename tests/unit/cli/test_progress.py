from __future__ import annotations

import contextlib
import io
import sys

import pytest

from genai_templates.cli.progress import shown_progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_pipe_gets_plain_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    with shown_progress() as progress:
        progress("one")
        progress("two")
    assert stream.getvalue() == "one\ntwo\n"


def test_a_terminal_gets_one_line_that_changes_and_disappears(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    with shown_progress() as progress:
        progress("one")
        progress("two")
    assert stream.getvalue() == "\r\x1b[Kone\r\x1b[Ktwo\r\x1b[K"


def test_a_terminal_is_clear_for_the_error_line_too(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    with contextlib.suppress(ValueError), shown_progress() as progress:
        progress("one")
        raise ValueError("wrong")
    assert stream.getvalue().endswith("\r\x1b[K")
