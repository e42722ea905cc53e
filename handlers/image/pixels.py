"""Turns nested pixel arrays, as a model writes them into JSON, into images without building the nested lists.

A million pixels as Python lists cost 100 MB and most of the time. Here every row is parsed by itself, flat.
"""

from __future__ import annotations

import json
from typing import NamedTuple

_CHANNELS = 3
_TO_FLAT = bytes.maketrans(b"[]", b"  ")
_ROW_END = b"]],[["
_ALLOWED = b"0123456789[], \t\r\n"


class MalformedAnswer(Exception):
    """The model's answer is not what it should be; the message says how, for a person."""


class Pixels(NamedTuple):
    """An RGB image: its size and its bytes, row by row."""

    width: int
    height: int
    data: bytes


def parse_image(raw: bytes) -> Pixels:
    """Return the image of one ``[[[r,g,b],...],...]``; raises MalformedAnswer for anything else."""
    compact = raw.translate(None, b" \t\r\n") if b" " in raw or b"\n" in raw else raw
    if not (compact.startswith(b"[[[") and compact.endswith(b"]]]")):
        raise MalformedAnswer("the model's answer was cut short")
    if compact.translate(None, _ALLOWED):
        raise MalformedAnswer("the model's answer holds something else than pixels")
    rows = compact[3:-3].split(_ROW_END)
    width = rows[0].count(b"],[") + 1
    return Pixels(width, len(rows), b"".join(_row(row, width) for row in rows))


def _row(row: bytes, width: int) -> bytes:
    """Return the bytes of one row, ``r,g,b],[r,g,b...``."""
    if row.count(b"],[") != width - 1 or row.count(b"[") != width - 1 or row.count(b"]") != width - 1:
        raise MalformedAnswer("the rows of the model's image differ in length")
    try:
        values = bytes(json.loads(b"[" + row.translate(_TO_FLAT) + b"]"))
    except ValueError:
        raise MalformedAnswer("the model's image holds a value that is no colour") from None
    if len(values) != width * _CHANNELS:
        raise MalformedAnswer("the model's image does not have three values for every pixel")
    return values


def split_images(raw: bytes) -> list[bytes]:
    """Return the arrays of the images of ``{"generated_images": [...], ...}``, each as its JSON.

    Raises MalformedAnswer where there are none.
    """
    start = raw.find(b'"generated_images"')
    start = raw.find(b"[", start) if start >= 0 else -1
    if start < 0:
        raise MalformedAnswer("the model's answer holds no images")
    end = raw.find(b"]]]]", start)
    end = end + 4 if end >= 0 else _loose_end(raw, start)
    compact = raw[start:end]
    if b" " in compact or b"\n" in compact:
        compact = compact.translate(None, b" \t\r\n")
    if not (compact.startswith(b"[[[[") and compact.endswith(b"]]]]")):
        raise MalformedAnswer("the model's answer was cut short")
    return [b"[[[" + image + b"]]]" for image in compact[4:-4].split(b"]]],[[[")]


def _loose_end(raw: bytes, start: int) -> int:
    """Return where the list of images ends when there is white space between its brackets."""
    depth = 0
    for position in range(start, len(raw)):
        character = raw[position]
        depth += (character == 0x5B) - (character == 0x5D)
        if depth == 0:
            return position + 1
    raise MalformedAnswer("the model's answer was cut short")
