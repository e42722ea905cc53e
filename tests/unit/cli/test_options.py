"""Values of options that come from a file, one a line."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from genai_templates.cli.options import add_options, read_options


def read(*given: str) -> tuple[str, ...]:
    parser = argparse.ArgumentParser(exit_on_error=False)
    add_options(parser)
    arguments = [each for value in given for each in ("--blocked-term", value)]
    return read_options(parser.parse_args(arguments)).get("blocked_terms", ())


def test_terms_come_from_flags_and_files_in_their_order(tmp_path: Path) -> None:
    file = tmp_path / "terms.txt"
    file.write_bytes("\ufeff# of this house\r\n  Projekt Grün \r\n\r\nsecond\r\n".encode())
    assert read("first", f"@{file}", "last") == ("first", "Projekt Grün", "second", "last")
    assert read() == ()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "cannot be read: No such file or directory"),
        (b"# nothing\n\n", "has no line but blank ones and comments"),
        (b"\xff\xfe\x00", "is not text in UTF-8"),
    ],
)
def test_a_file_without_terms_is_refused(tmp_path: Path, content: bytes | None, words: str) -> None:
    file = tmp_path / "terms.txt"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(argparse.ArgumentError) as refused:
        read(f"@{file}")
    assert words in str(refused.value)
    assert "--blocked-term" in str(refused.value)
