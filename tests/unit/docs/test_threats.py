"""Every threat of the threat model names a test that is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


def rows() -> list[list[str]]:
    """Return the cells of the table of threats, without its head."""
    section = (ROOT / "docs" / "security.md").read_text("utf-8").split("## Threats")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[2:]]


def test_there_are_threats() -> None:
    assert rows()
    assert {len(row) for row in rows()} == {5}


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[1])
def test_a_threat_names_tests_that_are_there(row: list[str]) -> None:
    named = re.findall(r"`(tests/[^`:]+)(?:::(\w+))?`", row[-1])
    assert named
    for path, function in named:
        assert (ROOT / path).is_file()
        assert not function or f"def {function}(" in (ROOT / path).read_text("utf-8")
