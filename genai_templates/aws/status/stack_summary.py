"""A stack in brief: its state, its model and what it costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from ..account import Account
from ..cloudformation.stacks import StackDescription, list_stacks
from ..parallel import in_parallel
from .look_up import LookUp
from .model_state import ModelDescription, describe_model
from .running_cost import RunningCost, read_template, running_cost

_WORKERS = 4
_UNSOUND = {"ROLLBACK_COMPLETE", "DELETE_COMPLETE"}


@dataclass(frozen=True, kw_only=True)
class StackSummary:
    """A stack in brief. ``unknown`` has the reason for what could not be looked up, which then is empty or None."""

    stack: StackDescription
    model: ModelDescription
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
        return is_complete and self.model.state == "missing" and "endpoint" not in self.unknown


def summarize_stack(account: Account, stack: StackDescription) -> StackSummary:
    """Return a stack in brief. Raises AwsError but for missing permissions."""
    look_up = LookUp()
    template: Mapping[str, Any] = look_up("template", lambda: read_template(account, stack), {})
    is_own = "ExistingEndpointName" not in stack.parameters
    model = describe_model(account, stack, template, look_up)
    charged = model.endpoint if is_own else None
    return StackSummary(
        stack=stack,
        model=model,
        endpoint_is_own=is_own,
        cost=running_cost(template, stack, charged, region=account.region, now=datetime.now(UTC)) if template else None,
        unknown=look_up.unknown,
    )


def summarize_own_stacks(account: Account) -> list[StackSummary]:
    """Return the stacks of the region that are ours, by name. Raises AwsError but for missing permissions."""
    own = sorted((stack for stack in list_stacks(account) if stack.app), key=lambda stack: stack.name)
    futures = in_parallel(lambda stack: summarize_stack(account, stack), own, workers=_WORKERS)
    return [future.result() for future in futures]
