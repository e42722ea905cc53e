"""What an interrupt means for the stack, said by whoever knows it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def interrupt_says(message: str) -> Iterator[None]:
    """Have an interrupt inside say this, unless it says something already."""
    try:
        yield
    except KeyboardInterrupt as interrupt:
        if interrupt.args:
            raise
        raise KeyboardInterrupt(f"interrupted: {message}") from None
