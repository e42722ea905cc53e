"""Splits a text into parts that fit a model's window."""

from __future__ import annotations

import re

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


def split(text: str, maximum: int) -> list[str]:
    """Return the text, its white space collapsed, in parts of at most this many characters.

    Parts end with a sentence where they can, else with a word, and a word that is too long is cut. Joined with single
    spaces, or without one where a word was cut, the parts are the text again.
    """
    if maximum < 1:
        raise ValueError(f"a part of {maximum} characters holds nothing")
    pieces = [piece for sentence in _SENTENCE_END.split(text) for piece in _fitting(sentence, maximum)]
    parts: list[str] = []
    for piece in pieces:
        if parts and len(parts[-1]) + 1 + len(piece) <= maximum:
            parts[-1] += " " + piece
        else:
            parts.append(piece)
    return parts


def _fitting(sentence: str, maximum: int) -> list[str]:
    """Return the sentence whole if it fits, else its words, cut where they are too long themselves."""
    if len(sentence) <= maximum:
        return [sentence] if sentence else []
    return [word[start : start + maximum] for word in sentence.split() for start in range(0, len(word), maximum)]
