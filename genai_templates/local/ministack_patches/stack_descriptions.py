"""Descriptions of stacks: ministack forgets that of a stack which a change set has made.

docs/upstream/ministack/cloudformation-description.md
"""

from __future__ import annotations

from typing import Any

from ministack.services import cloudformation
from ministack.services.cloudformation import handlers


def apply() -> None:
    """Have ``DescribeStacks`` return the description of each stack's template."""
    describe = handlers._ACTION_HANDLERS["DescribeStacks"]

    def describe_with_descriptions(parameters: dict[str, Any]) -> Any:
        for stack in cloudformation._stacks.values():
            stack["Description"] = stack.get("_template", {}).get("Description", "")
        return describe(parameters)

    handlers._ACTION_HANDLERS["DescribeStacks"] = describe_with_descriptions
