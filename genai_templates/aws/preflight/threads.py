"""Calls at the same time, in threads that do not keep the process from ending."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable
from typing import TypeVar

_THREADS = 8

Item = TypeVar("Item")
Result = TypeVar("Result")


def start_daemon(function: Callable[[], object]) -> None:
    """Start a function in a thread of its own, which is abandoned when the process ends."""
    threading.Thread(target=function, daemon=True).start()


def in_threads(function: Callable[[Item], Result], items: Iterable[Item]) -> list[Result]:
    """Return what the function returns for each item, in their order, with up to eight calls at the same time.

    Raises what the first item raises that raises anything, after all are done.
    """
    listed = list(items)
    waiting: queue.SimpleQueue[int] = queue.SimpleQueue()
    done: queue.SimpleQueue[tuple[int, Result | None, Exception | None]] = queue.SimpleQueue()
    for index in range(len(listed)):
        waiting.put(index)

    def work() -> None:
        while True:
            try:
                index = waiting.get_nowait()
            except queue.Empty:
                return
            try:
                done.put((index, function(listed[index]), None))
            except Exception as error:
                done.put((index, None, error))

    for _ in range(min(_THREADS, len(listed))):
        start_daemon(work)
    outcomes = sorted((done.get() for _ in listed), key=lambda outcome: outcome[0])
    if failed := next((error for _, _, error in outcomes if error), None):
        raise failed
    return [result for _, result, _ in outcomes]  # type: ignore[misc]
