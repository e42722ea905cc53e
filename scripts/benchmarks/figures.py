"""The table: what was measured against what, how much it varied, and by how much a goal was missed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import NamedTuple

_HEADINGS = ("", "ratio", "min..max", "goal", "", "measured", "reference", "against")
_LEFT_ALIGNED = (0, 4, 7)


class Pair(NamedTuple):
    """Two measurements of one round, in the same unit."""

    measured: float
    reference: float

    @property
    def ratio(self) -> float:
        """How many times the reference was needed."""
        return self.measured / self.reference


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A line of the table: the rounds, and the ratio that the median round may have at most, if there is a goal.

    ``unit`` is ``s`` (seconds, printed as milliseconds below one) or ``MB``.
    """

    name: str
    against: str
    pairs: Sequence[Pair]
    goal: float | None = None
    unit: str = "s"

    @property
    def ratio(self) -> float:
        """The median of the rounds' ratios: a machine that slows down for a while slows both halves of a round."""
        return median(pair.ratio for pair in self.pairs)

    @property
    def spread(self) -> tuple[float, float]:
        """The lowest and the highest ratio of a round."""
        ratios = [pair.ratio for pair in self.pairs]
        return min(ratios), max(ratios)

    @property
    def missed_by(self) -> float:
        """By how much the ratio is above the goal; 0 when it is met or there is none."""
        return 0.0 if self.goal is None else max(0.0, self.ratio - self.goal)

    @property
    def verdict(self) -> str:
        """``met``, ``missed by ...``, or nothing where there is no goal."""
        if self.goal is None:
            return ""
        return f"missed by {shown_ratio(self.missed_by)}" if self.missed_by else "met"


def table(figures: Sequence[Figure]) -> str:
    """Return the figures as a table of plain text, ready to print."""
    rows = [_HEADINGS, *(_row(figure) for figure in figures)]
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    return "\n".join(_line(row, widths) for row in rows)


def summary(figures: Sequence[Figure]) -> str:
    """Return one line on how many goals there are, and how many were missed."""
    goals = [figure for figure in figures if figure.goal is not None]
    missed = [figure for figure in goals if figure.missed_by]
    return f"{len(goals) - len(missed)} of {len(goals)} goals met"


def shown_ratio(ratio: float) -> str:
    """Return a ratio with two decimals, or with two significant digits where it is small."""
    return f"{ratio:.2f}" if ratio >= 0.095 else f"{ratio:.2g}"


def shown_amount(amount: float, unit: str) -> str:
    """Return seconds (as milliseconds below one) or megabytes with about three digits."""
    if unit == "s" and amount < 1:
        return f"{amount * 1000:.3g} ms" if amount < 0.1 else f"{amount * 1000:.0f} ms"
    return f"{amount:.1f} {unit}"


def _row(figure: Figure) -> tuple[str, ...]:
    lowest, highest = figure.spread
    return (
        figure.name,
        shown_ratio(figure.ratio),
        f"{shown_ratio(lowest)}..{shown_ratio(highest)}",
        "" if figure.goal is None else shown_ratio(figure.goal),
        figure.verdict,
        shown_amount(median(pair.measured for pair in figure.pairs), figure.unit),
        shown_amount(median(pair.reference for pair in figure.pairs), figure.unit),
        figure.against,
    )


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = (
        cell.ljust(width) if column in _LEFT_ALIGNED else cell.rjust(width)
        for column, (cell, width) in enumerate(zip(row, widths, strict=True))
    )
    return "  ".join(cells).rstrip()
