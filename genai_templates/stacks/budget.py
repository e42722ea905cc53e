"""Budget of a stack: who is told that a month costs too much, and whether the model is paused then."""

from __future__ import annotations

from ..components.functions import FunctionDefaults
from ..options import Budget, StackOptions
from ..regions import BUDGET
from ..scope import Scope
from .hosting import HostingPart
from .parameters.monitoring import MonitoringParameters
from .region_rule import add_region_rule


def add_spending_limit(
    scope: Scope,
    options: StackOptions,
    *,
    hosting: HostingPart,
    custom_resources: FunctionDefaults,
    monitoring: MonitoringParameters,
) -> None:
    """Add the budget, if there is to be one."""
    if options.values["budget"] is Budget.NONE:
        return
    from ..components.budget import BudgetTopics, add_budget, add_budget_topic, add_charges_alarm
    from .parameters.budget import add_budget_parameters

    add_region_rule(scope, "RegionHasBudgets", BUDGET, "CloudFormation makes budgets")
    limit = add_budget_parameters(scope)
    email = {"email": monitoring.email, "email_condition": monitoring.email_condition}
    key = custom_resources.key
    warnings = used_up = add_budget_topic(scope, "BudgetTopic", **email, key=key)
    if options.values["budget"] is Budget.PAUSE:
        from ..components.budget_pause import add_budget_pause

        used_up = add_budget_topic(scope, "BudgetUsedUpTopic", **email, key=key)
        add_budget_pause(scope, model=hosting.pausable, topic=used_up, shared=custom_resources)
    add_budget(scope, limit=limit, topics=BudgetTopics(warnings, used_up))
    add_charges_alarm(scope, usd=limit.usd, topic=warnings)
