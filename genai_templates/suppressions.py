"""The metadata in which each scanner reads that a finding is argued.

Each names one rule on one resource. An option that does what a rule asks for takes its suppression away, because that
depends on the resource's own properties; ``make scan`` fails for one that suppresses nothing.

Guard's format has names and no reasons: ``guard_reasons`` gives them. The names in lower case are the rules of AWS
Control Tower, which ``make scan`` runs; those in capitals are the rules of AWS's registry of Guard rules.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from troposphere import AWSObject, Sub

from .argued_findings import BY_TYPE
from .argued_wildcards import MANAGED, WILDCARDS
from .statements import named_resources, statements

_WITH_STATEMENTS = ("AWS::IAM::ManagedPolicy", "AWS::IAM::Role")
_VARIABLE = re.compile(r"\$\{([^}]+)\}")


def suppress_findings(resources: Sequence[AWSObject]) -> None:
    """Write the suppressions of these resources into their metadata."""
    types = {each.resource_type for each in resources}
    for resource in resources:
        if metadata := _metadata(resource, types):
            resource.Metadata = {**(resource.resource.get("Metadata") or {}), **metadata}


def guard_reasons() -> dict[tuple[str, str], str]:
    """Return why each rule of Guard is argued, by the type of the resource and the rule."""
    reasons: dict[tuple[str, str], str] = {}
    for kind, suppressions in BY_TYPE.items():
        for each in suppressions:
            for rule in each.guard:
                reasons[kind, rule] = " | ".join(filter(None, [reasons.get((kind, rule)), each.reason]))
    return reasons


def _metadata(resource: AWSObject, types: Collection[str]) -> dict[str, object]:
    suppressions = BY_TYPE.get(resource.resource_type, ())
    found = [each for each in suppressions if each.unless_there_is not in types and each.when(resource)]
    nag: list[dict[str, object]] = [{"id": each.cdk_nag, "reason": each.reason} for each in found if each.cdk_nag]
    nag += _policy_findings(resource) if resource.resource_type in _WITH_STATEMENTS else []
    checkov = [{"id": each.checkov, "comment": each.reason} for each in found if each.checkov]
    guard = [rule for each in found for rule in each.guard]
    return {
        **({"cdk_nag": {"rules_to_suppress": nag}} if nag else {}),
        **({"checkov": {"skip": checkov}} if checkov else {}),
        **({"guard": {"SuppressedRules": guard}} if guard else {}),
    }


def _policy_findings(role: AWSObject) -> Iterator[dict[str, object]]:
    for arn in role.properties.get("ManagedPolicyArns", ()):
        yield {"id": "AwsSolutions-IAM4", "reason": MANAGED, "applies_to": [f"Policy::{_finding(arn)}"]}
    reasons: dict[str, str] = {}
    for statement in statements(role):
        for name in map(_finding, named_resources(statement)):
            if "*" in name:
                reasons.setdefault(f"Resource::{name}", WILDCARDS[statement.Sid])
    for finding, reason in reasons.items():
        yield {"id": "AwsSolutions-IAM5", "reason": reason, "applies_to": [finding]}


def _finding(value: object) -> str:
    """Return an ARN as cdk-nag writes it: what only CloudFormation knows stands in angle brackets."""
    text = value.data["Fn::Sub"] if isinstance(value, Sub) else value
    return _VARIABLE.sub(r"<\1>", text) if isinstance(text, str) else ""
