"""Parameters of the budget."""

from __future__ import annotations

from troposphere import Equals

from ...components.budget import SpendingLimit
from ...parameters import ParameterGroup
from ...scope import Scope

_ACCOUNT, _STACK = "ACCOUNT", "STACK"


def add_budget_parameters(scope: Scope) -> SpendingLimit:
    """Add the parameters."""
    group = ParameterGroup(scope, "Budget")
    limit = group.number(
        "MonthlyBudget",
        "Budget of a month (USD)",
        default=None,
        minimum=1,
        maximum=1_000_000,
        unit="USD",
        description="E-mail goes to AlarmEmail at 80 % and at all of it, and when the month is forecast to cost more",
    )
    covers = group.choice(
        "BudgetCovers",
        "What the budget is for",
        values=[_ACCOUNT, _STACK],
        default=_ACCOUNT,
        description="ACCOUNT counts all that the account costs. STACK counts what has the stack's tag, and counts "
        "nothing until genai-templates:stack is activated as a cost allocation tag in the Billing console",
    )
    return SpendingLimit(usd=limit, of_stack=scope.add_condition("BudgetIsOfStack", Equals(covers, _STACK)))
