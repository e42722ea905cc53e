"""What every resource type checks about its properties."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

Properties = dict[str, Any]
Created = tuple[str, dict[str, str]]


def check_names(kind: str, props: Properties, *, required: Iterable[str], optional: Iterable[str]) -> None:
    """Raise ValueError for a property that the type lacks, or one that it misses."""
    required = set(required)
    if missing := required - props.keys():
        raise ValueError(f"{kind} needs {', '.join(sorted(missing))}")
    if unknown := props.keys() - required - set(optional):
        raise ValueError(f"{kind} has no property {', '.join(sorted(unknown))}")
