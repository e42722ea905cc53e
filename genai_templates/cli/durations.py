"""Durations as a person reads them."""

from __future__ import annotations


def duration(seconds: float) -> str:
    """Return a duration in its two largest units, such as ``2 h 5 min``."""
    whole = max(0, int(seconds))
    units = [(whole // 86_400, "d"), (whole // 3600 % 24, "h"), (whole // 60 % 60, "min"), (whole % 60, "s")]
    first = next((index for index, (number, _) in enumerate(units) if number), len(units) - 1)
    return " ".join(f"{number} {unit}" for number, unit in units[first : first + 2] if number) or "0 s"
