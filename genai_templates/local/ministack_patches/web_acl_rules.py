"""Evaluation of a web ACL: its rules in the order of their priorities, until one ends it.

Played are byte matches, labels, rates by address, AWS's groups of ``managed_rule_groups``, and what is made of these by
and, or and not; the actions allow, block (with custom responses) and count; overrides of a group's rules and of groups.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote_plus

from .managed_rule_groups import RULE_GROUPS
from .web_acl_rates import is_over_limit
from .web_requests import WebRequest, field_of

Document = Mapping[str, Any]


@dataclass
class Verdict:
    """What a web ACL decided: ``rule`` ended it; ``counted`` matched without ending it, each with its label or none."""

    action: str = ""
    rule: str = "Default_Action"
    group_rule: str = ""
    response: Document = field(default_factory=dict)
    counted: list[tuple[str, str]] = field(default_factory=list)

    @property
    def is_blocked(self) -> bool:
        """Whether the request goes no further."""
        return self.action == "BLOCK"


TRANSFORMATIONS: dict[str, Callable[[str], str]] = {
    "LOWERCASE": str.lower,
    "NONE": str,
    "URL_DECODE": unquote_plus,
}
_POSITIONS: dict[str, Callable[[str, str], bool]] = {
    "CONTAINS": lambda text, searched: searched in text,
    "ENDS_WITH": str.endswith,
    "EXACTLY": str.__eq__,
    "STARTS_WITH": str.startswith,
}
POSITIONS = tuple(_POSITIONS)


def evaluate(acl: Document, request: WebRequest) -> Verdict:
    """Return what a web ACL does with a request, which gets the labels of the rules that it matches."""
    verdict = Verdict()
    for rule in sorted(acl["Rules"], key=lambda rule: int(rule["Priority"])):
        statement = rule["Statement"]
        if "ManagedRuleGroupStatement" in statement:
            _evaluate_group(rule, request, verdict)
        elif _matches(acl["Id"], rule["Name"], statement, request):
            _act(rule["Action"], rule["Name"], verdict)
        if verdict.action:
            return verdict
    verdict.action = next(iter(acl["DefaultAction"])).upper()
    verdict.response = acl["DefaultAction"].get("Block", {}).get("CustomResponse", {})
    return verdict


def _act(action: Document, name: str, verdict: Verdict, *, label: str = "") -> None:
    ((kind, detail),) = action.items()
    if kind == "Count":
        verdict.counted.append((name, label))
        return
    verdict.action, verdict.rule = kind.upper(), name
    verdict.response = (detail or {}).get("CustomResponse", {})


def _evaluate_group(rule: Document, request: WebRequest, verdict: Verdict) -> None:
    """Evaluate a managed group up to the first of its rules that ends it; a group that is to count ends nothing."""
    statement = rule["Statement"]["ManagedRuleGroupStatement"]
    overrides = {each["Name"]: each["ActionToUse"] for each in statement.get("RuleActionOverrides", ())}
    for each in RULE_GROUPS[statement["Name"]].rules:
        if not each.matches(request):
            continue
        request.labels.append(each.label)
        _act(overrides.get(each.name, {"Block": {}}), rule["Name"], verdict, label=each.label)
        if verdict.action:
            verdict.group_rule = each.name
            break
    if verdict.action and "Count" in rule["OverrideAction"]:
        verdict.counted.append((rule["Name"], request.labels[-1]))
        verdict.action, verdict.rule, verdict.group_rule, verdict.response = "", "Default_Action", "", {}


def _matches(acl_id: str, rule: str, statement: Document, request: WebRequest) -> bool:
    ((kind, detail),) = statement.items()

    def inner(each: Document) -> bool:
        return _matches(acl_id, rule, each, request)

    match kind:
        case "AndStatement":
            return all(map(inner, detail["Statements"]))
        case "OrStatement":
            return any(map(inner, detail["Statements"]))
        case "NotStatement":
            return not inner(detail["Statement"])
        case "LabelMatchStatement":
            return _has_label(detail, request.labels)
        case "RateBasedStatement":
            scope = detail.get("ScopeDownStatement")
            return (scope is None or inner(scope)) and is_over_limit(acl_id, rule, detail, request)
    return _has_bytes(detail, request)


def _has_label(statement: Document, labels: list[str]) -> bool:
    key = statement["Key"]
    return any(label.startswith(key) if statement["Scope"] == "NAMESPACE" else label == key for label in labels)


def _has_bytes(statement: Document, request: WebRequest) -> bool:
    text = field_of(request, statement["FieldToMatch"])
    for each in sorted(statement["TextTransformations"], key=lambda each: int(each["Priority"])):
        text = TRANSFORMATIONS[each["Type"]](text)
    return _POSITIONS[statement["PositionalConstraint"]](text, statement["SearchString"])
