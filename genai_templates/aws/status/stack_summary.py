"""A stack in brief: its state, its model and what it costs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from ..account import Account
from ..cloudformation.stacks import StackDescription, list_stacks
from ..endpoints import EndpointDescription, describe_endpoint, endpoint_name
from ..parallel import in_parallel
from .look_up import LookUp
from .running_cost import RunningCost, read_template, running_cost

_WORKERS = 4
_UNSOUND = {"ROLLBACK_COMPLETE", "DELETE_COMPLETE"}


@dataclass(frozen=True, kw_only=True)
class StackSummary:
    """A stack in brief. ``unknown`` has the reason for what could not be looked up, which then is empty or None."""

    stack: StackDescription
    model_id: str
    endpoint_name: str
    endpoint: EndpointDescription | None
    endpoint_is_own: bool
    """Whether the endpoint goes with the stack, and is part of its cost."""
    cost: RunningCost | None
    unknown: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """The page's URL; empty before the stack has been created."""
        return self.stack.outputs.get("ApplicationUrl", "")

    @property
    def endpoint_is_gone(self) -> bool:
        """Whether there is no endpoint although the stack is complete, and so does not do what it is for."""
        is_complete = self.stack.status.endswith("_COMPLETE") and self.stack.status not in _UNSOUND
        is_expected = is_complete and not self.is_paused
        return is_expected and self.endpoint is None and "endpoint" not in self.unknown

    @property
    def is_paused(self) -> bool:
        """Whether somebody has taken the endpoint away for a while, by the stack's parameter or its schedule."""
        return self.stack.parameters.get("ModelState") == "PAUSED"


def summarize_stack(account: Account, stack: StackDescription) -> StackSummary:
    """Return a stack in brief. Raises AwsError but for missing permissions."""
    look_up = LookUp()
    template: Mapping[str, Any] = look_up("template", lambda: read_template(account, stack), {})
    name, is_own = endpoint_name(stack), "ExistingEndpointName" not in stack.parameters
    endpoint = look_up("endpoint", lambda: describe_endpoint(account, name), None)
    charged = endpoint if is_own else None
    return StackSummary(
        stack=stack,
        model_id=_model_id(template),
        endpoint_name=name,
        endpoint=endpoint,
        endpoint_is_own=is_own,
        cost=running_cost(template, stack, charged, region=account.region, now=datetime.now(UTC)) if template else None,
        unknown=look_up.unknown,
    )


def summarize_own_stacks(account: Account) -> list[StackSummary]:
    """Return the stacks of the region that are ours, by name. Raises AwsError but for missing permissions."""
    own = sorted((stack for stack in list_stacks(account) if stack.app), key=lambda stack: stack.name)
    futures = in_parallel(lambda stack: summarize_stack(account, stack), own, workers=_WORKERS)
    return [future.result() for future in futures]


def _model_id(template: Mapping[str, Any]) -> str:
    """Return the model's id from the page's settings, which every template of ours has."""
    for resource in template.get("Resources", {}).values():
        if resource["Type"] == "Custom::SitePublisher":
            settings = str(resource.get("Properties", {}).get("Config", ""))
            found = re.search(r'"model": "([^"]+)"', settings)
            return found[1] if found else ""
    return ""
