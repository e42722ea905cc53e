"""Change sets that add and remove what a condition decides about, which ministack overlooks.

docs/upstream/ministack/cloudformation-change-set-conditions.md
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ministack.services.cloudformation import changesets


def apply() -> None:
    """Compare the resources that are there by the parameters of each side."""
    changesets._resolve_props_for_diff = _without_conditioned(changesets._resolve_props_for_diff)


def _without_conditioned(resolve: Callable[..., Any]) -> Callable[..., Any]:
    def resolve_those_there(template: Mapping[str, Any], parameters: Mapping[str, Any], *more: str) -> Any:
        resolved = resolve(template, parameters, *more)
        holds = changesets._evaluate_conditions(template, parameters)
        conditions = {name: each.get("Condition") for name, each in template.get("Resources", {}).items()}
        there = {
            name: each
            for name, each in resolved.get("Resources", {}).items()
            if not conditions.get(name) or holds[conditions[name]]
        }
        return {**resolved, "Resources": there}

    return resolve_those_there
