"""Show the logs of a stack: its functions, API, notebook and endpoint together, in the order of time.

With --request-id (X-Request-Id of a response) or --job-id: the lines of that request or job in all of them, also those
that know it under another id. A log that does not exist yet has no lines; one that may not be read is named once.
"""

from __future__ import annotations

import argparse
import itertools
import re
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from ..errors import InvalidOption
from .account import add_account, add_json, add_stack, open_account

if TYPE_CHECKING:
    from ..aws.logs.lines import LogLine
    from ..aws.logs.reader import LogQuery, Notice

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_RECENTLY = "10m"
_FOR_AN_ID = "1d"
_COLOURS = ("cyan", "green", "magenta", "blue", "bright_cyan", "bright_green", "bright_magenta", "bright_blue")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this verb."""
    add_stack(parser)
    parser.add_argument("--follow", action="store_true", help="go on with what comes, until Ctrl-C")
    parser.add_argument(
        "--since",
        metavar="TIME",
        help=f"from how long ago on, such as 90s, 10m, 2h or 7d (default: {_RECENTLY}; {_FOR_AN_ID} with an id)",
    )
    narrowed = parser.add_mutually_exclusive_group()
    narrowed.add_argument("--request-id", dest="id", metavar="ID", help="the lines of one request")
    narrowed.add_argument("--job-id", dest="id", metavar="ID", help="the lines of one job of the image application")
    narrowed.add_argument("--filter", metavar="TEXT", help="the lines that hold this text, as it is written there")
    add_json(parser)
    add_account(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the lines."""
    from ..aws.cloudformation.stacks import require_stack
    from ..aws.logs.reader import read_logs
    from ..aws.logs.sources import find_sources
    from ..aws.logs.tail import follow_logs

    query = _query(arguments)
    account = open_account(arguments)
    stack = require_stack(account, arguments.name)
    if arguments.follow:
        found = follow_logs(account, lambda: find_sources(account, stack), query)
    else:
        found = read_logs(account, find_sources(account, stack), query)
    lines = _without_notices(found)
    _print_json(lines) if arguments.json else _print_text(lines)
    return 0


def _query(arguments: argparse.Namespace) -> LogQuery:
    from ..aws.logs.reader import LogQuery

    seconds = parse_duration(arguments.since or (_FOR_AN_ID if arguments.id else _RECENTLY))
    return LogQuery(int((time.time() - seconds) * 1000), id=arguments.id or "", text=arguments.filter or "")


def parse_duration(text: str) -> int:
    """Return the seconds of a duration such as ``10m``; raises InvalidOption."""
    match = re.fullmatch(r"(\d{1,6})([smhd])", text, re.ASCII)
    if match is None:
        raise InvalidOption(f"--since {text!r} is not a time: give a number with s, m, h or d, such as 90s, 10m or 7d")
    return int(match[1]) * _UNITS[match[2]]


def _without_notices(found: Iterable[LogLine | Notice]) -> Iterator[LogLine]:
    """Pass the lines on, and print what else there is to know on standard error."""
    from ..aws.logs.reader import Notice

    for each in found:
        if isinstance(each, Notice):
            print(f"genai-templates: {each.message}", file=sys.stderr, flush=True)
        else:
            yield each


def _print_json(lines: Iterable[LogLine]) -> None:
    from .terminal import print_json

    for line in lines:
        print_json(
            {
                "time": _time(line),
                "source": line.source,
                "message": line.message,
                "record": line.record,
                "group": line.group,
                "stream": line.stream,
                "event_id": line.event_id,
            }
        )


def _print_text(lines: Iterable[LogLine]) -> None:
    from rich.text import Text

    from .log_text import readable, style_of
    from .terminal import make_console

    console, colours = make_console(), itertools.cycle(_COLOURS)
    styles: defaultdict[str, str] = defaultdict(lambda: next(colours))
    for line in lines:
        source = (line.source, styles[line.source])
        text = Text.assemble((_time(line), "dim"), " ", source, " ", (readable(line), style_of(line)))
        console.print(text, soft_wrap=True)


def _time(line: LogLine) -> str:
    return line.time.isoformat(timespec="milliseconds").replace("+00:00", "Z")
