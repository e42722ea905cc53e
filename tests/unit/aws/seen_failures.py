"""The codes and reasons of ``seen_failures.txt``, by the class that they belong to."""

from __future__ import annotations

from pathlib import Path


def _read() -> dict[str, list[str]]:
    _, *sections = (Path(__file__).parent / "seen_failures.txt").read_text("utf-8").split("\n[")
    parts = (section.partition("]\n") for section in sections)
    return {name: texts.strip().split("\n") for name, _, texts in parts}


SEEN = _read()
