"""Reads the JSON of a model's response."""

from __future__ import annotations

import json

from handlers.common.errors import ModelFailed


def read_json(body: bytes) -> object:
    """Return the document; raises ModelFailed for a body that is none."""
    try:
        document: object = json.loads(body)
    except (ValueError, RecursionError):
        raise ModelFailed("the model's response could not be read; try again") from None
    return document


def first(document: object) -> object:
    """Return the first element of a list, and anything else as it is."""
    return document[0] if isinstance(document, list) and document else document


def field(document: object, name: str) -> object:
    """Return a field of an object; nothing where there is no such object or field."""
    return document.get(name) if isinstance(document, dict) else None


def checked_text(text: object) -> str:
    """Return the text; raises ModelFailed where it is none."""
    if not isinstance(text, str):
        raise ModelFailed("the model's response holds no text; try again")
    return text
