"""The words that names do not have, as the glossary lists them."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

_GLOSSARY = Path(__file__).parents[1] / "docs" / "glossary.md"


def words_to_avoid() -> dict[str, str]:
    """Return the words of the glossary's last column, each with the word to use in its place."""
    rows = [line.strip("|").split("|") for line in _GLOSSARY.read_text("utf-8").splitlines() if line.startswith("| ")]
    return {avoided: row[0].strip() for row in rows[2:] for avoided in re.findall(r"`(\w+)`", row[2])}


def words_of(name: str) -> set[str]:
    """Return the words of a name in snake_case or camelCase, and the pairs of neighbours."""
    words = [word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)]
    return {*words, *(f"{first}_{second}" for first, second in pairwise(words))}
