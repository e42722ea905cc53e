"""What the verbs that work in an AWS account print: tables, prompts, and JSON for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, TextIO

from ..errors import InvalidOption

if TYPE_CHECKING:
    from rich.console import Console

_WIDTH_OF_A_PIPE = 240


def make_console(stream: TextIO | None = None) -> Console:
    """Return a console on standard output, or on this stream: as wide as the terminal, plain and wide in a pipe."""
    from rich.console import Console

    stream = stream or sys.stdout
    width = None if stream.isatty() else _WIDTH_OF_A_PIPE
    return Console(file=stream, width=width, highlight=False, emoji=False, markup=False)


def print_table(
    headings: Sequence[str], rows: Iterable[Sequence[str]], styles: Mapping[str, str] | None = None
) -> None:
    """Print a table on standard output. ``styles`` has the style of a row by its first cell's text."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for heading in headings:
        table.add_column(heading, overflow="fold")  # a name that is too long for its column goes on below
    for row in rows:
        table.add_row(*row, style=(styles or {}).get(row[0], ""))
    make_console().print(table)


def print_json(value: object) -> None:
    """Print a value as one line of JSON, at once; dates and other objects become text."""
    print(json.dumps(value, default=str), flush=True)


def check_consent(*, yes: bool) -> None:
    """Raise InvalidOption where there is nobody to confirm what is about to be done, before anything is done."""
    if not yes and not sys.stdin.isatty():
        raise InvalidOption("there is no terminal to confirm the changes on: give --yes")


def confirm(prompt: str, *, yes: bool) -> bool:
    """Return whether the person agrees; with ``yes`` at once. Raises InvalidOption where nobody can be prompted."""
    if yes:
        return True
    check_consent(yes=yes)
    # Standard output may be a pipe with objects of JSON in it.
    print(f"{prompt} [y/N] ", end="", file=sys.stderr, flush=True)
    line = ""
    try:
        line = sys.stdin.readline()
    finally:
        if not line.endswith("\n"):  # an interrupt or the end of input: what follows has a line of its own
            print(file=sys.stderr, flush=True)
    return line.strip().lower() in {"y", "yes"}
