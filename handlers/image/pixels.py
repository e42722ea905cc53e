"""Turns nested pixel arrays, as a model writes them into JSON, into images without building the nested lists.

A million pixels as Python lists cost 100 MB and most of the time. Here every row is cut out and parsed by itself, flat,
so that the response is in memory once.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import NamedTuple

from handlers.common.errors import MalformedResponse

_CHANNELS = 3
_SPACE = b" \t\r\n"
_ALLOWED = b"0123456789[],"
_TO_FLAT = bytes.maketrans(b"[]", b"  ")
_TWO_ENDS = re.compile(rb"\]\s*\]")
_END = ord("]")
_CUT_SHORT = "the model's response was cut short"


class Pixels(NamedTuple):
    """An RGB image: its size and its bytes, row by row."""

    width: int
    height: int
    data: bytes


def read_images(body: bytes) -> Iterator[Pixels]:
    """Yield the images of ``{"generated_images": [[[[r,g,b],...],...],...], ...}`` one by one.

    Raises MalformedResponse, also after the last good image, where the list is anything else.
    """
    position = body.find(b'"generated_images"')
    position = body.find(b"[", position) if position >= 0 else -1
    if position < 0:
        raise MalformedResponse("the model's response holds no images")
    ends = _TWO_ENDS.search(body, position)
    if ends and len(ends[0]) > 2:  # white space between brackets, as no model writes it
        body, position = body[position:].translate(None, _SPACE), 0
    ended = False
    while not ended:
        pixels, position = _read_image(body, _next(body, position + 1, b"[") + 1)
        yield pixels
        position = _next(body, position, b",]")
        ended = body[position] == _END


def _next(body: bytes, position: int, expected: bytes) -> int:
    """Return the position of the next character that is not white space; it must be one of the expected."""
    while body[position : position + 1].isspace():
        position += 1
    if position >= len(body) or body[position] not in expected:
        raise MalformedResponse(_CUT_SHORT)
    return position


def _read_image(body: bytes, position: int) -> tuple[Pixels, int]:
    """Read the rows from this position on, and return the image and the position of its end."""
    rows: list[bytes] = []
    width = 0
    ended = False
    while not ended:
        end = body.find(b"]]", position)
        if end < 0:
            raise MalformedResponse(_CUT_SHORT)
        row = body[position : end + 2].translate(None, _SPACE)
        width = width or row.count(b"],[") + 1
        rows.append(_row(row, width))
        position = _next(body, end + 2, b",]") + 1
        ended = body[position - 1] == _END
    return Pixels(width, len(rows), b"".join(rows)), position


def _row(row: bytes, width: int) -> bytes:
    """Return the bytes of one row, ``[[r,g,b],[r,g,b],...]``."""
    if not row.startswith(b"[[") or row.translate(None, _ALLOWED):
        raise MalformedResponse("the model's response holds something other than pixels")
    inner = row[2:-2]
    if inner.count(b"],[") != width - 1 or inner.count(b"[") != width - 1 or inner.count(b"]") != width - 1:
        raise MalformedResponse("the rows of the model's image differ in length")
    try:
        values = bytes(json.loads(b"[" + inner.translate(_TO_FLAT) + b"]"))
    except ValueError:
        raise MalformedResponse("the model's image holds a value that is not a colour") from None
    if len(values) != width * _CHANNELS:
        raise MalformedResponse("the model's image does not have three values for every pixel")
    return values
