"""Turns nested pixel arrays, as a model writes them into JSON, into images without building the nested lists.

A million pixels as Python lists cost 100 MB and most of the time. Here every row is cut out and parsed by itself, flat,
so that the answer is in memory once.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import NamedTuple

_CHANNELS = 3
_SPACE = b" \t\r\n"
_ALLOWED = b"0123456789[],"
_TO_FLAT = bytes.maketrans(b"[]", b"  ")
_TWO_ENDS = re.compile(rb"\]\s*\]")
_END = ord("]")
_CUT_SHORT = "the model's answer was cut short"


class MalformedAnswer(Exception):
    """The model's answer is not what it should be; the message says how, for a person."""


class Pixels(NamedTuple):
    """An RGB image: its size and its bytes, row by row."""

    width: int
    height: int
    data: bytes


def read_images(answer: bytes) -> Iterator[Pixels]:
    """Give the images of ``{"generated_images": [[[[r,g,b],...],...],...], ...}``, each when the one before is read.

    Raises MalformedAnswer, also after the last good image, where the list is anything else.
    """
    position = answer.find(b'"generated_images"')
    position = answer.find(b"[", position) if position >= 0 else -1
    if position < 0:
        raise MalformedAnswer("the model's answer holds no images")
    ends = _TWO_ENDS.search(answer, position)
    if ends and len(ends[0]) > 2:  # white space between brackets, as no model writes it
        answer, position = answer[position:].translate(None, _SPACE), 0
    ended = False
    while not ended:
        pixels, position = _read_image(answer, _next(answer, position + 1, b"[") + 1)
        yield pixels
        position = _next(answer, position, b",]")
        ended = answer[position] == _END


def _next(answer: bytes, position: int, expected: bytes) -> int:
    """Return where the next character is that is no white space; it has to be one of the expected."""
    while answer[position : position + 1].isspace():
        position += 1
    if position >= len(answer) or answer[position] not in expected:
        raise MalformedAnswer(_CUT_SHORT)
    return position


def _read_image(answer: bytes, position: int) -> tuple[Pixels, int]:
    """Read the rows from there on, and return the image and where it ends."""
    rows: list[bytes] = []
    width = 0
    ended = False
    while not ended:
        end = answer.find(b"]]", position)
        if end < 0:
            raise MalformedAnswer(_CUT_SHORT)
        row = answer[position : end + 2].translate(None, _SPACE)
        width = width or row.count(b"],[") + 1
        rows.append(_row(row, width))
        position = _next(answer, end + 2, b",]") + 1
        ended = answer[position - 1] == _END
    return Pixels(width, len(rows), b"".join(rows)), position


def _row(row: bytes, width: int) -> bytes:
    """Return the bytes of one row, ``[[r,g,b],[r,g,b],...]``."""
    if not row.startswith(b"[[") or row.translate(None, _ALLOWED):
        raise MalformedAnswer("the model's answer holds something else than pixels")
    inner = row[2:-2]
    if inner.count(b"],[") != width - 1 or inner.count(b"[") != width - 1 or inner.count(b"]") != width - 1:
        raise MalformedAnswer("the rows of the model's image differ in length")
    try:
        values = bytes(json.loads(b"[" + inner.translate(_TO_FLAT) + b"]"))
    except ValueError:
        raise MalformedAnswer("the model's image holds a value that is no colour") from None
    if len(values) != width * _CHANNELS:
        raise MalformedAnswer("the model's image does not have three values for every pixel")
    return values
