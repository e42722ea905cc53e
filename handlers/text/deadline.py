"""Waits for the model only as long as the function may run: Lambda would stop it without a response."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from handlers.common.errors import ModelTimeout

Item = TypeVar("Item")
Result = TypeVar("Result")

# More at once would only wait in the container's own queue.
_AT_ONCE = 8


def map_before(deadline: float, work: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
    """Do the work on every item at once, and return what it gives, in the order of the items.

    The deadline is in monotonic seconds. Raises ModelTimeout when it comes first, and what the work raises. Calls that
    are under way then end by themselves, at the client's read time-out.
    """
    check_time(deadline)
    pool = ThreadPoolExecutor(min(_AT_ONCE, len(items)))
    try:
        return list(pool.map(work, items, timeout=deadline - time.monotonic()))
    except TimeoutError:
        raise _too_late() from None
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def check_time(deadline: float) -> None:
    """Raise ModelTimeout when the deadline (monotonic seconds) has passed."""
    if time.monotonic() >= deadline:
        raise _too_late()


def _too_late() -> ModelTimeout:
    return ModelTimeout("the model did not answer in time; try again, or with a shorter text")
