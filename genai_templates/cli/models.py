"""List the models of the catalogue: which to choose, what each costs and runs on, and how it can be hosted."""

from __future__ import annotations

import argparse
import shutil
import textwrap
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from ..bedrock_catalog import bedrock_models
from ..catalog import models
from ..costs.prices import Prices, priced_regions
from .model_rows import Row, bedrock_object, bedrock_row, model_object, model_row

_WIDEST = 110
_GAP = "  "
_HEADINGS = ("TASK", "LICENCE", "INSTANCE TYPES, USD AN HOUR; OR USD BY USE", "HOSTINGS")
_FIXED_WIDTHS = (6, 13)  # of the first two columns
_SHARE = 0.6  # of the prices in what is left


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this verb."""
    parser.add_argument("--json", action="store_true", help="print a list of JSON objects")
    parser.add_argument(
        "--region",
        choices=priced_regions(),
        default=priced_regions()[0],
        help="whose prices to show (default: %(default)s)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Print the catalogue, one model after the other: those that run on SageMaker, then Amazon Bedrock's."""
    prices = Prices(arguments.region)
    if arguments.json:
        from .terminal import print_json

        on_bedrock = [bedrock_object(model, prices) for model in bedrock_models().values()]
        print_json([model_object(model, prices) for model in models().values()] + on_bedrock)
        return 0
    width = min(_WIDEST, shutil.get_terminal_size((_WIDEST, 24)).columns)
    for line in _table(prices, width):
        print(line)
    return 0


def _table(prices: Prices, width: int) -> Iterator[str]:
    """Yield a heading, and for each model its id alone, so that it can be copied, and what there is to know below."""
    left = max(40, width - sum(_FIXED_WIDTHS) - 4 * len(_GAP))
    widths = (*_FIXED_WIDTHS, int(left * _SHARE), left - int(left * _SHARE))
    yield "MODEL"
    yield from _columns(_HEADINGS, widths)
    for row in _rows(prices):
        yield ""
        yield row.model_id + "".join(f" ({mark})" for mark in row.marks)
        yield from _columns(row.cells, widths)
        for note in row.notes:
            yield from _wrapped(note, width)
    yield ""
    yield from textwrap.wrap(f"List prices of {prices.region}, {prices.month}; ?: not known.", width)


def _rows(prices: Prices) -> Iterator[Row]:
    yield from (model_row(model, prices) for model in models().values())
    yield from (bedrock_row(model, prices) for model in bedrock_models().values())


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(
        text, width, initial_indent=_GAP, subsequent_indent=_GAP, break_on_hyphens=False, break_long_words=False
    )


def _columns(cells: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    wrapped = [
        textwrap.wrap(cell, width, break_on_hyphens=False, break_long_words=False)
        for cell, width in zip(cells, widths, strict=True)
    ]
    for row in zip_longest(*wrapped, fillvalue=""):
        line = _GAP.join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True))
        yield f"{_GAP}{line}".replace("\N{NO-BREAK SPACE}", " ").rstrip()
