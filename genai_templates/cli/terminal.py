"""What the verbs that work in an AWS account print: tables, prompts, and JSON for programs."""

from __future__ import annotations

import json
import sys
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, TextIO

from ..errors import InvalidOption

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

_WIDTH_OF_A_PIPE = 240
_GAP = 3  # between columns


def make_console(stream: TextIO | None = None) -> Console:
    """Return a console on standard output, or on this stream: as wide as the terminal, plain and wide in a pipe."""
    from rich.console import Console

    stream = stream or sys.stdout
    width = None if stream.isatty() else _WIDTH_OF_A_PIPE
    return Console(file=stream, width=width, highlight=False, emoji=False, markup=False)


def print_table(
    headings: Sequence[str], rows: Iterable[Sequence[str]], styles: Mapping[str, str] | None = None
) -> None:
    """Print a table of names and figures on standard output, without the columns that are empty throughout.

    Where it is wider than the terminal each row is a paragraph, so that no name is torn apart to fit its column.
    ``styles`` has the style of a row by its first cell's text.
    """
    found = [tuple(row) for row in rows]
    filled = [number for number in range(len(headings)) if any(row[number] for row in found)]
    cells = [[row[number] for number in filled] for row in ([*headings], *found)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    if sum(widths) + _GAP * (len(widths) - 1) > make_console().width:
        _print_paragraphs(cells, styles or {})
    else:
        print_text_table(cells[0], cells[1:], styles)


def print_text_table(
    headings: Sequence[str], rows: Iterable[Sequence[str]], styles: Mapping[str, str] | None = None
) -> None:
    """Print a table on standard output whose cells hold sentences: they go on below where a column is too narrow."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*row, style=(styles or {}).get(row[0], ""))
    print_stripped(table)


def _print_paragraphs(rows: Sequence[Sequence[str]], styles: Mapping[str, str]) -> None:
    from rich.text import Text

    console = make_console()
    headings, *others = rows
    console.print(Text(", ".join(headings), "bold"))
    console.print("\N{BOX DRAWINGS LIGHT HORIZONTAL}" * console.width)
    for row in others:
        text = "  ".join(filter(None, row))
        for line in textwrap.wrap(text, console.width, subsequent_indent="  ", break_on_hyphens=False):
            console.print(Text(line, styles.get(row[0], "")))


def print_stripped(renderable: RenderableType) -> None:
    """Print on standard output without the blanks that fill lines up."""
    console = make_console()
    with console.capture() as captured:
        console.print(renderable)
    console.file.writelines(f"{line.rstrip()}\n" for line in captured.get().splitlines())


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
    line = ""
    try:
        # Standard output may be a pipe with objects of JSON in it.
        print(f"{prompt} [y/N] ", end="", file=sys.stderr, flush=True)
        line = sys.stdin.readline()
    finally:
        if not line.endswith("\n"):  # an interrupt or the end of input: what follows has a line of its own
            print(file=sys.stderr, flush=True)
    return line.strip().lower() in {"y", "yes"}
