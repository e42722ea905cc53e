"""FilterLogEvents as CloudWatch Logs documents it: ministack's has no pages, stream prefixes and phrases.

docs/upstream/ministack/logs-filter-events.md
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from ministack.core.responses import json_response
from ministack.services import cloudwatch_logs

Event = dict[str, Any]
_MOST_EVENTS = 10_000  # of a page (FilterLogEvents, CloudWatch Logs API reference)
_TERM = re.compile(r'([?-]?)(?:"((?:\\.|[^"\\])*)"|(\S+))')


def apply() -> None:
    """Have ministack filter as documented."""
    find = cloudwatch_logs._filter_log_events

    def filter_log_events(data: dict[str, Any]) -> Any:
        status, headers, body = find({**data, "filterPattern": "", "limit": _MOST_EVENTS})
        if status != 200:
            return status, headers, body
        matches = matcher(data.get("filterPattern", ""))
        prefix = data.get("logStreamNamePrefix", "")
        events = [
            event
            for event in _identified(json.loads(body)["events"])
            if event["logStreamName"].startswith(prefix) and matches(event["message"])
        ]
        start, limit = int(data.get("nextToken") or 0), data.get("limit", _MOST_EVENTS)
        more = {"nextToken": str(start + limit)} if start + limit < len(events) else {}
        return json_response({"events": events[start : start + limit], "searchedLogStreams": [], **more})

    cloudwatch_logs._filter_log_events = filter_log_events


def _identified(events: Iterable[Event]) -> list[Event]:
    """Give functions' events an id, the same in every reading: those of one time are read together or not at all."""
    number: Counter[str] = Counter()
    identified = []
    for event in events:
        text = json.dumps([event["timestamp"], event["logStreamName"], event["message"]])
        number[text] += 1
        digest = hashlib.sha256(f"{text}{number[text]}".encode()).hexdigest()
        identified.append({"eventId": f"{event['timestamp']:020}{int(digest[:24], 16):036}", **event})
    return identified


def matcher(pattern: str) -> Callable[[str], bool]:
    """Return whether a message has all terms, none of those with ``-``, and one of those with ``?``."""
    if pattern.strip().startswith(("{", "[", "%")):
        raise NotImplementedError(f"the emulator does not know filter patterns such as {pattern}")
    terms: dict[str, list[str]] = {"": [], "-": [], "?": []}
    for sign, phrase, word in _TERM.findall(pattern):
        terms[sign].append(re.sub(r"\\(.)", r"\1", phrase) or word)

    def matches(message: str) -> bool:
        return (
            all(term in message for term in terms[""])
            and not any(term in message for term in terms["-"])
            and (not terms["?"] or any(term in message for term in terms["?"]))
        )

    return matches
