"""What checks look like: a table on a terminal, a plain line each in a pipe."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

from .terminal import make_console, print_text_table

if TYPE_CHECKING:
    from ..aws.preflight import Check

_NARROW = 90  # columns, below which a column of its own for the names takes too much
_STYLES = {"ok": "green", "warning": "yellow", "fails": "bold red", "not known": "dim"}


def print_checks(checks: Iterable[Check], prefix: str = "") -> None:
    """Print checks on standard output; in a pipe each line begins with the prefix."""
    if not sys.stdout.isatty():
        for check in checks:
            print(f"{prefix}{_line(check)}")
    elif make_console().width < _NARROW:
        print_text_table(("", "check, finding, and what to do"), map(_narrow_row, checks), _STYLES)
    else:
        print_text_table(("", "check", "finding, and what to do"), map(_row, checks), _STYLES)


def _line(check: Check) -> str:
    advice = f" -> {check.advice}" if check.advice else ""
    return f"{check.verdict.value}: {check.name}: {check.finding}{advice}"


def _row(check: Check) -> tuple[str, str, str]:
    return check.verdict.value, check.name, "\n-> ".join(filter(None, (check.finding, check.advice)))


def _narrow_row(check: Check) -> tuple[str, str]:
    verdict, name, finding = _row(check)
    return verdict, f"{name}: {finding}"
