"""List the models of the catalogue: which to choose, what each runs on and costs, and how it can be hosted."""

from __future__ import annotations

import argparse
import shutil
import textwrap
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from ..apps import APPS
from ..catalog import Model, models
from ..costs.prices import Prices, priced_regions
from ..model import Lifecycle, LifecycleState

_WIDEST = 110
_GAP = "  "
_HEADINGS = ("TASK", "LICENCE", "INSTANCE TYPES, USD AN HOUR", "HOSTINGS")
_FIXED_WIDTHS = (6, 13)  # of the first two columns
_SHARE = 0.6  # of the instance types in what is left


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
    """Print the catalogue, one model after the other."""
    prices = Prices(arguments.region)
    if arguments.json:
        from .terminal import print_json

        print_json([_object(model, prices) for model in models().values()])
        return 0
    width = min(_WIDEST, shutil.get_terminal_size((_WIDEST, 24)).columns)
    for line in _table(prices, width):
        print(line)
    return 0


def _object(model: Model, prices: Prices) -> dict[str, object]:
    lifecycle = model.lifecycle or Lifecycle(LifecycleState.ALIVE, "", "")
    return {
        "model_id": model.model_id,
        "task": model.app,
        "version": model.version,
        "default": _is_default(model),
        "recommended": model.recommended,
        "license": model.license,
        "license_url": model.license_url,
        "instance_types": [
            {"instance_type": each, "usd_an_hour": prices.find_instance("hosting", each)} for each in _types(model)
        ],
        "hostings": model.hostings,
        "container_image": model.container and model.container.image,
        "lifecycle": {**lifecycle._asdict(), "state": lifecycle.state.value},
    }


def _is_default(model: Model) -> bool:
    return APPS[model.app].default_model == model.model_id


def _types(model: Model) -> list[str]:
    """Return the instance types, the default one first."""
    first = model.default_instance_type
    return [first, *(each for each in model.instance_types if each != first)]


def _table(prices: Prices, width: int) -> Iterator[str]:
    """Yield a heading, and for each model its id alone, so that it can be copied, and what there is to know below."""
    left = max(40, width - sum(_FIXED_WIDTHS) - 4 * len(_GAP))
    widths = (*_FIXED_WIDTHS, int(left * _SHARE), left - int(left * _SHARE))
    yield "MODEL"
    yield from _columns(_HEADINGS, widths)
    for model in models().values():
        yield ""
        yield model.model_id + _marks(model)
        yield from _columns((model.app, model.license, _priced(model, prices), ", ".join(model.hostings)), widths)
        yield from _wrapped(_lifecycle(model), width)
        if model.license_url:
            yield from _wrapped(f"Read {model.license_url} and give --accept-license.", width)
    yield ""
    yield from textwrap.wrap(f"List prices of {prices.region}, {prices.month}; ?: not known.", width)


def _marks(model: Model) -> str:
    marks = ("default" if _is_default(model) else "", "recommended" if model.recommended else "")
    return "".join(f" ({mark})" for mark in marks if mark)


def _priced(model: Model, prices: Prices) -> str:
    """Return the instance types with their prices; what belongs together stays on one line."""
    return ", ".join(f"{each}\N{NO-BREAK SPACE}{_price(each, prices)}" for each in _types(model))


def _price(instance_type: str, prices: Prices) -> str:
    price = prices.find_instance("hosting", instance_type)
    return "?" if price is None else f"{price:.3f}".rstrip("0").rstrip(".")


def _lifecycle(model: Model) -> str:
    if model.lifecycle is None:
        return ""
    state, reason, _, replaced_by = model.lifecycle
    instead = f" Choose {replaced_by}." if replaced_by else ""
    return f"{state.value.replace('-', ' ').capitalize()}. {reason}{instead}"


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
