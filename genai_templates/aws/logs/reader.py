"""The logs of a stack read together: all sources at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ...errors import AwsError
from ..account import Account
from ..parallel import in_parallel
from .lines import LogLine, filter_pattern, read_source, related_ids
from .sources import LogSource

# FilterLogEvents may be called five times a second in most regions, and the quota cannot be raised. (CloudWatch Logs
# quotas, CloudWatch Logs user guide.)
_WORKERS = 4
_LATEST_MS = 60_000
"""How much later than others a line may arrive and is still found, in milliseconds."""
_ROUNDS = 4
_REFUSED = "access denied"


class LogQuery(NamedTuple):
    """Which lines: from ``start`` on (milliseconds since 1970), about an id, or with a text; else all lines.

    What belongs to an id, such as the job of a request, is about it too.
    """

    start: int
    id: str = ""
    text: str = ""


class Notice(NamedTuple):
    """What stands in the way of reading, or no longer does."""

    message: str


class LogReader:
    """Reads sources; each of them from where it was read to, so that a failure of one misses nothing."""

    def __init__(self, account: Account, query: LogQuery) -> None:
        self._account = account
        self._query = query
        self._ids = [query.id] if query.id else []
        self._starts: dict[LogSource, int] = {}
        self._refused: set[LogSource] = set()
        self._newest = 0
        self.failed: dict[LogSource, AwsError] = {}
        """The sources that could not be read the last time, with the reason."""

    @property
    def start(self) -> int:
        """The earliest time, in milliseconds, of lines that are read again."""
        # What belongs to an id is looked for from the start whenever more of it is known.
        return self._query.start if self._ids else min(self._starts.values(), default=self._query.start)

    def add(self, sources: Sequence[LogSource]) -> None:
        """Read these sources too, but for those that were refused."""
        for source in sources:
            if source not in self._refused:
                self._starts.setdefault(source, self._query.start)

    def read(self) -> list[LogLine]:
        """Return the lines of all sources in order of time, some of which were returned before."""
        lines = self._read_all()
        for _ in range(_ROUNDS):
            found = {each for line in lines for each in related_ids(line, self._ids)} - set(self._ids)
            if not found:
                break
            self._ids += sorted(found)
            self._starts = dict.fromkeys(self._starts, self._query.start)
            lines = self._read_all()
        return lines

    def _read_all(self) -> list[LogLine]:
        pattern = filter_pattern(self._ids or [text for text in [self._query.text] if text])

        def read(source: LogSource) -> list[LogLine]:
            return read_source(self._account, source, start=self._starts[source], pattern=pattern)

        sources = list(self._starts)
        futures = dict(zip(sources, in_parallel(read, sources, workers=_WORKERS), strict=True))
        errors = {source: future.exception() for source, future in futures.items()}
        self.failed = {source: error for source, error in errors.items() if isinstance(error, AwsError)}
        lines = [line for source, future in futures.items() if source not in self.failed for line in future.result()]
        self._newest = max([self._newest, *(line.timestamp for line in lines)])
        for source in futures.keys() - self.failed.keys():
            self._starts[source] = max(self._starts[source], self._newest - _LATEST_MS)
        return sorted(lines, key=lambda line: line.timestamp)

    def drop_refused(self) -> Iterator[Notice]:
        """Read no more what is refused, with a notice of each; raises AwsError when nothing is left to read."""
        for source, error in self.failed.items():
            if error.failure != _REFUSED:
                continue
            self._refused.add(source)
            del self._starts[source]
            if not self._starts:
                raise error
            yield Notice(f"{source.name}: {error}")


def read_logs(account: Account, sources: Sequence[LogSource], query: LogQuery) -> Iterator[LogLine | Notice]:
    """Yield the lines that there are, in order of time, and before them a notice of each source that is refused.

    Raises AwsError when there is another failure, or every source is refused.
    """
    reader = LogReader(account, query)
    reader.add(sources)
    lines = reader.read()
    yield from reader.drop_refused()
    for error in reader.failed.values():
        if error.failure != _REFUSED:
            raise error
    yield from lines
