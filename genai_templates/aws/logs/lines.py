"""Lines of logs, as CloudWatch Logs returns them."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ..account import Account
from ..failures import translated
from .sources import LogSource

_ID_FIELDS = ("request_id", "requestId", "job_id")
_LONGEST_PATTERN = 1024
"""Characters of a filter pattern. (FilterLogEvents, CloudWatch Logs API reference.)"""


@dataclass(frozen=True)
class LogLine:
    """An event of a log: its time in milliseconds since 1970, the short name of its source, and its text.

    ``event_id`` is the same whenever the event is read, and no other event has it.
    """

    timestamp: int
    source: str
    message: str
    group: str
    stream: str
    event_id: str

    @property
    def time(self) -> datetime:
        """The time in UTC."""
        return datetime.fromtimestamp(self.timestamp / 1000, UTC)

    @property
    def record(self) -> dict[str, Any] | None:
        """The message as an object, when it is one in JSON."""
        if not self.message.startswith("{"):
            return None
        try:
            record = json.loads(self.message)
        except ValueError:
            return None
        return record if isinstance(record, dict) else None


def read_source(account: Account, source: LogSource, *, start: int, pattern: str) -> list[LogLine]:
    """Return the lines of a source from a time on that match a filter pattern, all pages of them, in order of time.

    A group that does not exist (yet) has none. Raises AwsError.
    """
    client = account.client("logs")
    narrowed = {"logStreamNamePrefix": source.streams, "filterPattern": pattern}
    given = {name: value for name, value in narrowed.items() if value}
    with translated():
        try:
            pages = client.get_paginator("filter_log_events").paginate(
                logGroupName=source.group, startTime=start, **given
            )
            return [_line(source, event) for page in pages for event in page.get("events", [])]
        except client.exceptions.ResourceNotFoundException:
            return []


def _line(source: LogSource, event: Any) -> LogLine:
    message = event["message"].rstrip("\n")
    return LogLine(event["timestamp"], source.name, message, source.group, event["logStreamName"], event["eventId"])


def filter_pattern(texts: Iterable[str]) -> str:
    """Return the filter pattern of lines that hold one of these texts, exactly as written; empty for all lines.

    What does not fit into the longest pattern is left out, so the most important text comes first.
    """
    phrases = ['"{}"'.format(text.replace("\\", "\\\\").replace('"', '\\"')) for text in texts]
    if len(phrases) == 1:
        return phrases[0]
    pattern = ""
    for phrase in phrases:
        longer = f"{pattern} ?{phrase}".strip()
        pattern = longer if len(longer) <= _LONGEST_PATTERN else pattern
    return pattern


def related_ids(line: LogLine, known: Collection[str]) -> set[str]:
    """Return the ids of requests and jobs in a line that is about one of the known ones; of any other line, none.

    An API request, the invocation of the function that serves it, and the job that it starts have an id each.
    """
    record = line.record or {}
    ids = {str(record[name]) for name in _ID_FIELDS if record.get(name)}
    return ids if ids & set(known) else set()
