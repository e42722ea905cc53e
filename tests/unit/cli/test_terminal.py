"""Tables on a terminal and in a pipe."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from genai_templates.cli import terminal

_ROWS = [("added", "SiteBucket", "AWS::S3::Bucket"), ("removed", "A" * 40, "AWS::CloudFront::Distribution")]


def _printed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, columns: int, rows: Sequence[Sequence[str]]
) -> list[str]:
    monkeypatch.setattr(terminal, "_WIDTH_OF_A_PIPE", columns)
    terminal.print_table(("what", "resource", "type"), rows)
    return capsys.readouterr().out.splitlines()


def test_a_table_has_no_blanks_at_the_ends_of_its_lines(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    printed = _printed(capsys, monkeypatch, 100, _ROWS)
    assert printed == [line.rstrip() for line in printed]
    assert printed[2] == f"added     SiteBucket{' ' * 33}AWS::S3::Bucket"


def test_a_column_with_nothing_in_it_is_left_out(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    printed = _printed(capsys, monkeypatch, 100, [("added", "", "AWS::S3::Bucket")])
    assert printed[0] == "what    type"


def test_no_name_is_torn_apart_where_the_terminal_is_too_narrow_for_the_table(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    printed = _printed(capsys, monkeypatch, 60, _ROWS)
    assert printed[0] == "what, resource, type"
    assert printed[2:] == [
        "added  SiteBucket  AWS::S3::Bucket",
        f"removed  {'A' * 40}",
        "  AWS::CloudFront::Distribution",
    ]
    assert max(map(len, printed)) <= 60
