"""Lines that arrive when they like, brought into the order of time."""

from __future__ import annotations

from collections.abc import Iterable

from .lines import LogLine


class TimeOrder:
    """Holds new lines for some seconds, so that earlier ones which arrive later still come before them.

    A line is known by its event id and comes out once. One that arrives too late comes out at once.
    """

    def __init__(self, hold: float) -> None:
        self._hold = hold
        self._seen: dict[str, int] = {}
        self._held: list[tuple[float, LogLine]] = []

    def add(self, lines: Iterable[LogLine], now: float) -> None:
        """Take lines that arrived at this time, in seconds of any clock."""
        for line in lines:
            if line.event_id not in self._seen:
                self._seen[line.event_id] = line.timestamp
                self._held.append((now, line))
        self._held.sort(key=lambda each: each[1].timestamp)

    def take(self, now: float) -> list[LogLine]:
        """Return the lines that have been held for long enough, and all that are of an earlier time, in order."""
        due = [index for index, (arrived, _) in enumerate(self._held) if arrived + self._hold <= now]
        count = due[-1] + 1 if due else 0
        taken, self._held = self._held[:count], self._held[count:]
        return [line for _, line in taken]

    def forget(self, before: int) -> None:
        """Forget the ids of lines that are from before this time, in milliseconds: nobody will read them again."""
        self._seen = {event_id: timestamp for event_id, timestamp in self._seen.items() if timestamp >= before}
