"""AWS::Budgets::Budget, which ministack's CloudFormation lacks.

docs/upstream/ministack/budgets.md
"""

from __future__ import annotations

import uuid
from typing import Any

from ..api_parameters import api_parameters
from ..budgets import call_budgets

Properties = dict[str, Any]
Created = tuple[str, dict[str, str]]
TYPE = "AWS::Budgets::Budget"


def _create(logical_id: str, props: Properties, stack_name: str) -> Created:
    name = props["Budget"].get("BudgetName") or f"{stack_name}-{logical_id}-{uuid.uuid4().hex[:12].upper()}"
    call_budgets("CreateBudget", _parameters("CreateBudget", "Budget", name, props))
    return name, {"Id": name}


def _update(physical_id: str, old: Properties, new: Properties, stack_name: str) -> Created:
    # The name and the notifications are "create only" in the type's schema: another value makes another budget.
    is_kept = new["Budget"].get("BudgetName", physical_id) == physical_id
    if not is_kept or new.get("NotificationsWithSubscribers") != old.get("NotificationsWithSubscribers"):
        return _create("Budget", new, stack_name)
    call_budgets("UpdateBudget", _parameters("UpdateBudget", "NewBudget", physical_id, {"Budget": new["Budget"]}))
    return physical_id, {"Id": physical_id}


def _parameters(operation: str, member: str, name: str, props: Properties) -> Properties:
    budget = {**props["Budget"], "BudgetName": name}
    budget["BudgetLimit"] = {
        **budget["BudgetLimit"],
        "Amount": str(budget["BudgetLimit"]["Amount"]),
    }  # text, in the API
    given = {key: each for key, each in props.items() if key != "Budget"}
    return api_parameters("budgets", operation, {**given, "AccountId": "0" * 12, member: budget})


def _delete(physical_id: str, props: Properties) -> None:
    call_budgets("DeleteBudget", {"AccountId": "0" * 12, "BudgetName": physical_id})


HANDLERS = {"create": _create, "update": _update, "delete": _delete}
