"""Waiting for what happens by itself."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def until(condition: Callable[[], T | None], *, seconds: float = 30) -> T:
    """Look again until there is a value, and fail when there is none in time."""
    deadline = time.monotonic() + seconds
    while True:
        if (value := condition()) is not None:
            return value
        if time.monotonic() > deadline:
            raise TimeoutError(f"{condition} had no value within {seconds} s")
        time.sleep(0.05)
