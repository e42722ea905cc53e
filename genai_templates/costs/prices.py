"""What AWS charges, by region: a dated list, in ``data/prices.json``, with the source of each figure.

The figures are list prices on demand in USD, without free tier, discounts and taxes. Where one could not be read for a
region, there is none, and what rests on it is not known.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from ..errors import UnknownPrice

HOURS_PER_MONTH = 730
"""Hours of a month as AWS's own calculator counts them: a twelfth of 8,760."""


@cache
def _document() -> dict[str, Any]:
    text = (Path(__file__).parents[1] / "data" / "prices.json").read_text("utf-8")
    document: dict[str, Any] = json.loads(text)
    return document


def priced_regions() -> tuple[str, ...]:
    """Return the regions of the list, in the order in which they are shown."""
    return tuple(_document()["regions"])


class Prices:
    """The prices of a region; ``month`` is when the list was made, as ``2026-11``."""

    def __init__(self, region: str) -> None:
        """Raise UnknownPrice for a region that is not in the list."""
        if region not in priced_regions():
            raise UnknownPrice(
                f"there are no prices for region {region!r}; choose one of {', '.join(priced_regions())}"
            )
        self.region = region
        self.month = str(_document()["checked"])

    def find(self, item: str) -> float | None:
        """Return the price of one unit of an item, such as ``hosting/ml.g5.2xlarge``, in USD; None if it is not known.

        Raises UnknownPrice for an item that the list does not hold for any region.
        """
        items = _document()["items"]
        if item not in items:
            group = item.partition("/")[0]
            allowed = ", ".join(name for name in items if name.startswith(f"{group}/")) or ", ".join(items)
            raise UnknownPrice(f"there is no price for {item!r}; choose one of {allowed}")
        figure = items[item]["usd"].get(self.region)
        return None if figure is None else float(figure["price"])

    def find_instance(self, kind: str, instance_type: str) -> float | None:
        """Return the price of an instance's hour; None if it is not known, or of a type that the list does not hold.

        ``kind`` is ``hosting``, for an endpoint, or ``notebook``.
        """
        item = f"{kind}/{instance_type}"
        return self.find(item) if item in _document()["items"] else None


def find_prices(region: str) -> Prices | None:
    """Return the prices of a region; None for one that is not in the list."""
    return Prices(region) if region in priced_regions() else None
