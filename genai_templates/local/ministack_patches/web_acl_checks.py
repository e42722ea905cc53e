"""What WAF checks of a web ACL, and what the emulator cannot play of one: both are refused."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from .api_parameters import api_parameters
from .managed_rule_groups import RULE_GROUPS
from .web_acl_rules import POSITIONS, TRANSFORMATIONS
from .web_requests import check_field

Document = Mapping[str, Any]
_MOST_CAPACITY = 5000  # of a web ACL; 1,500 are in its price
_WINDOWS = (60, 120, 300, 600)
_METRIC_NAME = re.compile(r"[\w#:./-]+")
_GROUP = "ManagedRuleGroupStatement"
# Capacity units of a statement and of a transformation. (WAF developer guide, aws-waf-capacity-units and the pages of
# the statements.)
_UNITS = {"ByteMatchStatement": 2, "LabelMatchStatement": 1, "RateBasedStatement": 2}
_UNITS_OF_CONTAINS, _UNITS_OF_TRANSFORMATION = 10, 10


def checked_web_acl(properties: Document, *, operation: str, **key: str) -> dict[str, Any]:
    """Return the parameters of CreateWebACL or UpdateWebACL, and ``Capacity``; raises ValueError."""
    parameters = api_parameters("wafv2", operation, {**properties, **key})
    rules = parameters.get("Rules", [])
    for name in ("Name", "Priority"):
        if len({rule[name] for rule in rules}) < len(rules):
            raise ValueError(f"WAFInvalidParameterException: two rules of a web ACL have the same {name}")
    for rule in rules:
        _check_rule(rule, parameters)
    capacity = sum(_capacity(rule["Statement"]) for rule in rules)
    if capacity > _MOST_CAPACITY:
        raise ValueError(f"WAFLimitsExceededException: the rules take {capacity} capacity units of {_MOST_CAPACITY}")
    return {**parameters, "Capacity": capacity}


def _check_rule(rule: Document, acl: Document) -> None:
    is_group = _GROUP in rule["Statement"]
    if ("OverrideAction" in rule, "Action" in rule) != (is_group, not is_group):
        raise ValueError(f"WAFInvalidParameterException: {rule['Name']} has Action; a rule group has OverrideAction")
    if not _METRIC_NAME.fullmatch(rule["VisibilityConfig"]["MetricName"]):
        raise ValueError(f"WAFInvalidParameterException: the metric name of {rule['Name']}")
    for action in _actions(rule):
        ((kind, detail),) = action.items()
        if kind not in ("Allow", "Block", "Count"):
            raise ValueError(f"the emulator's WAF has no action {kind}")
        key = (detail or {}).get("CustomResponse", {}).get("CustomResponseBodyKey")
        if key and key not in acl.get("CustomResponseBodies", {}):
            raise ValueError(f"WAFInvalidParameterException: there is no custom response body {key}")
    _check_statement(rule["Statement"], is_top=True)


def _actions(rule: Document) -> Iterator[Document]:
    if "Action" in rule:
        yield rule["Action"]
    for each in rule["Statement"].get(_GROUP, {}).get("RuleActionOverrides", ()):
        yield each["ActionToUse"]


def _check_statement(statement: Document, *, is_top: bool = False) -> None:
    if len(statement) != 1:
        raise ValueError("WAFInvalidParameterException: a statement has one kind")
    ((kind, detail),) = statement.items()
    if kind in (_GROUP, "RateBasedStatement") and not is_top:
        raise ValueError(f"WAFInvalidParameterException: {kind} cannot be nested")
    match kind:
        case "ManagedRuleGroupStatement":
            _check_group(detail)
        case "RateBasedStatement":
            _check_rate(detail)
        case "AndStatement" | "OrStatement":
            if len(detail["Statements"]) < 2:
                raise ValueError(f"WAFInvalidParameterException: {kind} needs two statements")
            for each in detail["Statements"]:
                _check_statement(each)
        case "NotStatement":
            _check_statement(detail["Statement"])
        case "ByteMatchStatement":
            _check_bytes(detail)
        case "LabelMatchStatement":
            pass
        case _:
            raise ValueError(f"the emulator's WAF has no {kind}")


def _check_group(statement: Document) -> None:
    if statement["VendorName"] != "AWS" or statement["Name"] not in RULE_GROUPS:
        raise ValueError(f"the emulator's WAF has no rule group {statement['Name']}")
    if unplayed := statement.keys() - {"VendorName", "Name", "RuleActionOverrides"}:
        raise ValueError(f"the emulator's WAF does not know {', '.join(sorted(unplayed))} of a rule group")
    known = {rule.name for rule in RULE_GROUPS[statement["Name"]].rules}
    for each in statement.get("RuleActionOverrides", ()):
        if each["Name"] not in known:
            raise ValueError(f"WAFInvalidParameterException: {statement['Name']} has no rule {each['Name']}")


def _check_rate(statement: Document) -> None:
    kind = statement["AggregateKeyType"]
    if kind not in ("IP", "FORWARDED_IP"):
        raise ValueError(f"the emulator's WAF does not aggregate by {kind}")
    if ("ForwardedIPConfig" in statement) != (kind == "FORWARDED_IP"):
        raise ValueError("WAFInvalidParameterException: ForwardedIPConfig goes with FORWARDED_IP")
    if statement.get("EvaluationWindowSec", _WINDOWS[0]) not in _WINDOWS:
        raise ValueError(f"WAFInvalidParameterException: EvaluationWindowSec is one of {_WINDOWS}")
    if "ScopeDownStatement" in statement:
        _check_statement(statement["ScopeDownStatement"])


def _check_bytes(statement: Document) -> None:
    check_field(statement["FieldToMatch"])
    if statement["PositionalConstraint"] not in POSITIONS:
        raise ValueError(f"the emulator's WAF does not know {statement['PositionalConstraint']}")
    for each in statement["TextTransformations"]:
        if each["Type"] not in TRANSFORMATIONS:
            raise ValueError(f"the emulator's WAF does not know {each['Type']}")


def _capacity(statement: Document) -> int:
    ((kind, detail),) = statement.items()
    if kind == _GROUP:
        return RULE_GROUPS[detail["Name"]].capacity
    transformations = [each for each in detail.get("TextTransformations", ()) if each["Type"] != "NONE"]
    inner = [*detail.get("Statements", ()), *filter(None, (detail.get("Statement"), detail.get("ScopeDownStatement")))]
    contains = _UNITS_OF_CONTAINS - _UNITS["ByteMatchStatement"]
    return (
        _UNITS.get(kind, 0)
        + (contains if detail.get("PositionalConstraint") == "CONTAINS" else 0)
        + _UNITS_OF_TRANSFORMATION * len(transformations)
        + sum(map(_capacity, inner))
    )
