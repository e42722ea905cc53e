"""A function's environment, read once into one typed object."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, TypeVar, get_type_hints

T = TypeVar("T")


class MissingSetting(Exception):
    """Environment variables are missing or of the wrong type; the message names them."""


def read_settings(cls: type[T], environ: Mapping[str, str] = os.environ) -> T:
    """Fill a class whose annotated fields (``str`` or ``int``) are environment variables in lower case.

    A field with a default may be left out. Raises MissingSetting with every other variable that is missing or empty,
    and every one that is not a number where one is needed.
    """
    optional = getattr(cls, "_field_defaults", {})
    values: dict[str, Any] = {}
    problems: list[str] = []
    for field, kind in get_type_hints(cls).items():
        name = field.upper()
        text = environ.get(name, "")
        if not text and field in optional:
            continue
        if not text:
            problems.append(f"{name} is missing")
            continue
        try:
            values[field] = kind(text)
        except ValueError:
            problems.append(f"{name} is {text!r}, which is not a whole number")
    if problems:
        raise MissingSetting("the function's environment is incomplete: " + "; ".join(problems))
    return cls(**values)
