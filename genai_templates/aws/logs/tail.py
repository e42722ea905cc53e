"""The logs of a stack followed: what comes, in the order of time, through failures that pass."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterable, Iterator, Sequence

from ...errors import AwsError
from ..account import Account
from ..failures import PASSING
from .lines import LogLine
from .order import TimeOrder
from .reader import LogQuery, LogReader, Notice
from .sources import LogSource

_PAUSE_SECONDS = 2.0
_HOLD_SECONDS = 3.0
_READS_PER_LOOK = 10
"""How often the logs are read until one looks again which sources there are: a stack in creation gets more."""


def follow_logs(
    account: Account, find_sources: Callable[[], Sequence[LogSource]], query: LogQuery
) -> Iterator[LogLine | Notice]:
    """Yield the lines that there are and those that come, without end, in order of time but for very late ones.

    A lost network, throttling and faults of the service have a notice when they begin and when they are over, and no
    line is missed. Raises AwsError when there is another failure, or every source is refused.
    """
    reader, order, failures = LogReader(account, query), TimeOrder(_HOLD_SECONDS), PassingFailures()
    reader.add(find_sources())
    for number in itertools.count(1):
        # What is there at the start has been waiting long enough.
        arrived = time.monotonic() - (_HOLD_SECONDS if number == 1 else 0.0)
        order.add(reader.read(), arrived)
        yield from reader.drop_refused()
        yield from failures.changes(reader.failed.values())
        yield from order.take(time.monotonic())
        order.forget(reader.start)
        time.sleep(_PAUSE_SECONDS)
        if number % _READS_PER_LOOK == 0:
            yield from _look_again(reader, find_sources, failures)


def _look_again(
    reader: LogReader, find_sources: Callable[[], Sequence[LogSource]], failures: PassingFailures
) -> Iterator[Notice]:
    try:
        reader.add(find_sources())
    except AwsError as error:
        yield from failures.changes([error])


class PassingFailures:
    """Failures that waiting mends: which of them last, to tell of each when it begins and when it is over."""

    def __init__(self) -> None:
        self._lasting: set[str] = set()

    def changes(self, errors: Iterable[AwsError]) -> Iterator[Notice]:
        """Yield a notice of each class of failure that is new among these, or no more; raises any other failure."""
        now: dict[str, AwsError] = {}
        for error in errors:
            if error.failure in PASSING:
                now.setdefault(error.failure, error)
            elif error.failure != "access denied":
                raise error
        for name in now.keys() - self._lasting:
            yield Notice(f"{str(now[name]).splitlines()[0]}; trying again")
        for name in sorted(self._lasting - now.keys()):
            yield Notice(f"no longer {name}: reading on")
        self._lasting = set(now)
