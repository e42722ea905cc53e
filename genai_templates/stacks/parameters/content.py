"""Parameters of the filters of content."""

from __future__ import annotations

from typing import NamedTuple

from troposphere import Equals, Ref

from ...options.terms import MOST_TERM_BYTES, TERM_SEPARATOR
from ...parameters import ParameterGroup
from ...scope import Scope


class GuardrailParameters(NamedTuple):
    """Which guardrail there is: one that is there already, or one of the stack, of this strength.

    ``own_condition`` holds for one of the stack, and ``personal_data_condition`` where that refuses personal data.
    """

    existing_id: Ref
    existing_version: Ref
    own_condition: str
    strength: Ref
    personal_data: Ref
    personal_data_condition: str


def _group(scope: Scope) -> ParameterGroup:
    return ParameterGroup(scope, "Content")


def add_blocked_terms(scope: Scope, terms: tuple[str, ...]) -> Ref:
    """Add the parameter of the blocked terms, with these as its default."""
    return _group(scope).text(
        "BlockedTerms",
        "Terms that are refused in prompts and texts",
        default=TERM_SEPARATOR.join(terms),
        pattern=rf"[^\r\n]{{0,{MOST_TERM_BYTES}}}",
        description="With commas between them; whole words, in whatever case",
        constraint=f"Give terms with commas between them, on one line of at most {MOST_TERM_BYTES} characters.",
    )


def add_guardrail_parameters(scope: Scope) -> GuardrailParameters:
    """Add the parameters of the guardrail, and the rule that one which is there already is given with its version."""
    group = _group(scope)
    existing_id = group.text(
        "ExistingGuardrailId",
        "Id of a guardrail that is there already",
        default="",
        pattern="|[a-z0-9]{1,64}",
        description="Of this account and region; left empty, the stack has its own",
        constraint="Give the id of a guardrail, lower-case letters and digits, or nothing.",
    )
    version = group.text(
        "ExistingGuardrailVersion",
        "Version of that guardrail",
        default="",
        pattern="|DRAFT|[1-9][0-9]{0,7}",
        description="A number, or DRAFT",
        constraint="Give a number, DRAFT, or nothing.",
    )
    strength = group.choice(
        "GuardrailStrength",
        "Strength of the stack's own guardrail",
        default="MEDIUM",
        values=["LOW", "MEDIUM", "HIGH"],
        description="How little it takes to be refused: with HIGH, harmless texts are refused too",
    )
    personal_data = group.flag(
        "GuardrailRefusesPersonalData",
        "The stack's own guardrail refuses personal data",
        default=False,
        description="E-mail addresses, telephone, card and account numbers, passwords; charged for besides",
    )
    is_absent = [{"Fn::Equals": [each, ""]} for each in (existing_id, version)]
    scope.add_rule(
        "ExistingGuardrailHasVersion",
        {"Fn::Or": [{"Fn::And": is_absent}, {"Fn::And": [{"Fn::Not": [each]} for each in is_absent]}]},
        "Give ExistingGuardrailId and ExistingGuardrailVersion, or neither.",
    )
    own = scope.add_condition("GuardrailIsOwn", Equals(existing_id, ""))
    return GuardrailParameters(existing_id, version, own, strength, personal_data, group.is_true(personal_data))


def add_moderation_confidence(scope: Scope) -> Ref:
    """Add the parameter of the confidence from which on an image is refused."""
    return _group(scope).number(
        "ModerationConfidence",
        "Confidence from which on images are refused (percent)",
        default=60,
        minimum=1,
        maximum=100,
        unit="percent",
        description="Lower values refuse more",
    )
