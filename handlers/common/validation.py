"""Reads the fields of a request, and says what is wrong with each."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from .errors import FieldProblem, InvalidRequest

_WHITE_SPACE = re.compile(r"\s+")
# Of the control characters only those that count as white space are text.
_NOT_TEXT = re.compile("[\x00-\x08\x0e-\x1b\x7f\ud800-\udfff]")

# A body of 256 KiB could have tens of thousands of unknown fields, of any length.
_MOST_PROBLEMS = 20
_NAME_CHARACTERS = 50


def collapse_whitespace(text: str) -> str:
    """Return the text with every run of white space as one space, and none at its ends."""
    return _WHITE_SPACE.sub(" ", text).strip()


class Fields:
    """Reads a request's fields one by one; ``raise_if_invalid`` raises for all that were wrong or unknown."""

    def __init__(self, data: Mapping[str, object], *, prefix: str = "") -> None:
        """Read from this object; ``prefix`` stands before the names in messages."""
        self._data = data
        self._prefix = prefix
        self._known: set[str] = set()
        self.problems: list[FieldProblem] = []

    def _take(self, name: str) -> object:
        self._known.add(name)
        return self._data.get(name)

    def add_error(self, name: str, message: str) -> None:
        """Note what is wrong with a field."""
        self.problems.append(FieldProblem(self._prefix + name, message))

    def text(self, name: str, *, minimum: int, maximum: int, required: bool = True) -> str:
        """Return a text with its white space collapsed; its length is in characters, after that."""
        value = self._string(name, required=required)
        if value is None:
            return ""
        # White space alone does not make a text that long by accident.
        return self._checked_text(
            name, value if len(value) > 4 * maximum else collapse_whitespace(value), minimum, maximum
        )

    def verbatim_text(self, name: str, *, maximum: int) -> str:
        """Return a required text as it was typed, line breaks and all; it must not be blank."""
        value = self._string(name, required=True)
        if value is None:
            return ""
        return self._checked_text(name, value if value.strip() else "", 1, maximum)

    def _string(self, name: str, *, required: bool) -> str | None:
        value = self._take(name)
        if isinstance(value, str):
            return value
        if value is not None:
            self.add_error(name, "must be a string")
        elif required:
            self.add_error(name, "is required")
        return None

    def _checked_text(self, name: str, text: str, minimum: int, maximum: int) -> str:
        if not minimum <= len(text) <= maximum:
            self.add_error(name, f"must have {minimum} to {maximum} characters, and has {len(text)}")
        elif _NOT_TEXT.search(text):
            self.add_error(name, "has control characters in it")
        return text

    def number(self, name: str, *, minimum: float, maximum: float, default: float) -> float:
        """Return a number of this range, or the default when it is absent."""
        value = self._take(name)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.add_error(name, "must be a number")
        elif not minimum <= value <= maximum:  # not a number and infinity are in no range
            self.add_error(name, f"must be from {minimum:g} to {maximum:g}")
        else:
            return float(value)
        return default

    def integer(self, name: str, *, minimum: int, maximum: int, default: int) -> int:
        """Return a whole number of this range, or the default when it is absent."""
        value = self._take(name)
        if value is None:
            return default
        if isinstance(value, float) and math.isfinite(value) and value == int(value):
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            self.add_error(name, "must be a whole number")
        elif not minimum <= value <= maximum:
            self.add_error(name, f"must be from {minimum} to {maximum}")
        else:
            return value
        return default

    def mapping(self, name: str) -> Mapping[str, object]:
        """Return an object, or an empty one when it is absent."""
        value = self._take(name)
        if value is None:
            return {}
        if not isinstance(value, dict):
            self.add_error(name, "must be an object")
            return {}
        return value

    def raise_if_invalid(self) -> None:
        """Raise InvalidRequest with every problem, unknown fields among them."""
        for name in self._data:
            if name not in self._known:
                self.add_error(_printable(name), "is not a known field")
        if self.problems:
            first = self.problems[0]
            raise InvalidRequest(f"{first.field} {first.message}", details=tuple(self.problems[:_MOST_PROBLEMS]))


def _printable(name: str) -> str:
    """Return a name that a client made up so that a log and a terminal can show it: short, escaped if not printable."""
    start = name[:_NAME_CHARACTERS]
    return start if start.isprintable() else ascii(start)
