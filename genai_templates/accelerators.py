"""Accelerators (GPUs) of SageMaker's instance types; the facts are in ``data/accelerators.json``."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from .errors import InvalidOption


@cache
def _families() -> dict[str, dict[str, int]]:
    document = json.loads((Path(__file__).parent / "data" / "accelerators.json").read_text("utf-8"))
    families: dict[str, dict[str, int]] = document["accelerators"]
    return families


def count_accelerators(instance_type: str) -> int:
    """Return how many accelerators an instance of this type has; raises InvalidOption for a type without known ones."""
    family, _, size = instance_type.rpartition(".")
    counts = _families().get(family, {})
    if not (count := counts.get(size, counts.get(""))):
        raise InvalidOption(
            f"how many accelerators {instance_type} has is not known; choose a type of {', '.join(_families())}"
        )
    return count
