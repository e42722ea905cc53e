"""The rules of the template: what must hold of region and parameters, or CloudFormation makes no change set."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...costs.template_values import TemplateValues
from .check import Check, Verdict
from .surroundings import Surroundings

_NAME = "rules"
_ADVICE = "correct the parameter, or choose another --region or --hosting; docs/hosting.md says where each works"


def check_rules(surroundings: Surroundings) -> list[Check]:
    """Return a line for each assertion that does not hold, or one for all that do; none for a template without."""
    rules = surroundings.template.get("Rules", {})
    broken = [
        Check(_NAME, Verdict.FAILS, f"{name}: {assertion['AssertDescription']}", _ADVICE)
        for name, rule in rules.items()
        if holds(surroundings.values, rule.get("RuleCondition", _TRUE))
        for assertion in rule["Assertions"]
        if not holds(surroundings.values, assertion["Assert"])
    ]
    return broken or ([Check(_NAME, Verdict.OK, f"all {len(rules)} hold")] if rules else [])


_TRUE = {"Fn::Equals": ["", ""]}


def holds(values: TemplateValues, test: Mapping[str, Any]) -> bool:
    """Return whether a test of a rule holds: those of conditions, ``Fn::Contains``, and what asks the account.

    Raises ValueError for another function.
    """
    match test:
        case {"Fn::Contains": [list(texts), wanted]}:
            return str(values.value(wanted)) in [str(values.value(each)) for each in texts]
        case {"Fn::Not": [negated]}:
            return not holds(values, negated)
        case {"Fn::And": list(tests)}:
            return all(holds(values, each) for each in tests)
        case {"Fn::Or": list(tests)}:
            return any(holds(values, each) for each in tests)
        case {"Fn::EachMemberEquals": _}:
            return True  # it is about the account's subnets, which the check of the network looks at
    return values.holds(test)
