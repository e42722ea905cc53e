"""The command line of the benchmark."""

from __future__ import annotations

import argparse
import sys

from . import cold_start, generation, lookups, pictures, rebuild
from .figures import Figure, summary, table

_PARTS = {
    "generation": generation.figures,
    "rebuild": rebuild.figures,
    "pictures": pictures.figures,
    "cold-start": cold_start.figures,
    "lookups": lookups.figures,
}


def main() -> int:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(
        prog="scripts/bench",
        description="Print the performance table: each figure a ratio against its reference in the same run.",
        epilog="Of several alternating rounds the median is shown, with the lowest and the highest beside it. Times "
        "are processor time, which other work on the machine changes little, but for 'make templates': there it "
        "is the clock. A goal that is missed does not make the command fail.",
    )
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"measure these alone: {', '.join(_PARTS)}")
    parser.add_argument("--quick", action="store_true", help="few rounds, for a first look")
    arguments = parser.parse_args()
    unknown = [part for part in arguments.parts if part not in _PARTS]
    if unknown:
        parser.error(f"there is no part {unknown[0]!r}; choose from {', '.join(_PARTS)}")
    figures: list[Figure] = []
    for part in arguments.parts or _PARTS:
        print(f"measuring {part}", file=sys.stderr, flush=True)
        figures += _PARTS[part](quick=arguments.quick)
    print(table(figures), summary(figures), sep="\n\n")
    return 0
