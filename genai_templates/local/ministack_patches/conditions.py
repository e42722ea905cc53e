"""Conditions that look at the region, account or partition: ministack takes the names of these for their values.

docs/upstream/ministack/cloudformation-pseudo-parameters.md
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ministack.core.responses import get_account_id, get_region
from ministack.services.cloudformation import changesets, engine, handlers, stacks


def apply() -> None:
    """Let conditions know the pseudo parameters, wherever they are evaluated."""
    evaluate = _with_pseudo_parameters(engine._evaluate_conditions)
    for module in (changesets, engine, handlers, stacks):
        module._evaluate_conditions = evaluate


def _with_pseudo_parameters(evaluate: Callable[..., Any]) -> Callable[..., Any]:
    def evaluate_conditions(template: Mapping[str, Any], parameters: Mapping[str, Any]) -> Any:
        pseudo = {
            "AWS::AccountId": get_account_id(),
            "AWS::Partition": "aws",
            "AWS::Region": get_region(),
            "AWS::URLSuffix": "amazonaws.com",
        }
        return evaluate(template, {**{name: {"Value": value} for name, value in pseudo.items()}, **parameters})

    return evaluate_conditions
