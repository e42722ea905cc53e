"""Several calls of AWS at once."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def in_parallel(work: Callable[[Item], Result], items: Sequence[Item], *, workers: int = 8) -> list[Future[Result]]:
    """Do the work for each item, so many at once, and return what came of each, in order, when all are done.

    An interruption ends the wait at once: the threads do not outlive the process, whatever they wait for.
    """
    futures: list[Future[Result]] = [Future() for _ in items]
    waiting: queue.SimpleQueue[tuple[Item, Future[Result]]] = queue.SimpleQueue()
    for pair in zip(items, futures, strict=True):
        waiting.put(pair)
    for _ in range(min(workers, len(items))):
        threading.Thread(target=_work_off, args=(work, waiting), daemon=True).start()
    for future in futures:
        future.exception()  # waits
    return futures


def _work_off(work: Callable[[Item], Result], waiting: queue.SimpleQueue[tuple[Item, Future[Result]]]) -> None:
    while True:
        try:
            item, future = waiting.get_nowait()
        except queue.Empty:
            return
        try:
            future.set_result(work(item))
        except BaseException as error:
            future.set_exception(error)
