"""A guardrail of Amazon Bedrock: what a function applies to prompts, and to texts that a model made of them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import NamedTuple

import awacs.bedrock
from troposphere import AWSHelperFn, GetAtt, If, Join, NoValue, Ref, Split, Sub, bedrock

from ..iam import Role
from ..json_text import indented
from ..scope import STACK_GUID, Scope

_CATEGORIES = ("HATE", "INSULTS", "SEXUAL", "VIOLENCE", "MISCONDUCT")
# Personal data that hardly any text needs; names and places are in most texts, and left alone.
_PERSONAL_DATA = (
    "AWS_ACCESS_KEY",
    "AWS_SECRET_KEY",
    "CREDIT_DEBIT_CARD_CVV",
    "CREDIT_DEBIT_CARD_NUMBER",
    "EMAIL",
    "INTERNATIONAL_BANK_ACCOUNT_NUMBER",
    "PASSWORD",
    "PHONE",
    "PIN",
    "UK_NATIONAL_INSURANCE_NUMBER",
    "US_BANK_ACCOUNT_NUMBER",
    "US_PASSPORT_NUMBER",
    "US_SOCIAL_SECURITY_NUMBER",
)
_ARN = "arn:${AWS::Partition}:bedrock:${AWS::Region}:${AWS::AccountId}:guardrail/${GuardrailId}"
_MESSAGE = "A guardrail refused this."


class Guardrail(NamedTuple):
    """A version of a guardrail of this account and region, of the stack or not."""

    guardrail_id: AWSHelperFn
    version: AWSHelperFn

    @property
    def environment(self) -> Mapping[str, object]:
        """What a function that applies it needs to know."""
        return {"GUARDRAIL_ID": self.guardrail_id, "GUARDRAIL_VERSION": self.version}

    def grant_apply(self, role: Role) -> None:
        """Let the role apply it."""
        # With a condition around the whole ARN, cfn-lint takes minutes for all regions.
        arn = Sub(_ARN, GuardrailId=self.guardrail_id)
        role.allow("ApplyGuardrail", [awacs.bedrock.ApplyGuardrail], [arn])


def add_guardrail(scope: Scope, *, condition: str, strength: Ref, personal_data: Ref, refuses: str) -> Guardrail:
    """Add a guardrail and a version of it while the condition holds.

    It looks for harmful content and, in prompts, for attacks, with this strength; for personal data too while the
    condition ``refuses``, of the parameter ``personal_data``, holds. It is of the classic tier, which knows English,
    French and Spanish, and keeps texts in the region.
    """
    policies = {
        "ContentPolicyConfig": _content_policy(strength),
        "SensitiveInformationPolicyConfig": If(refuses, _personal_data_policy(), NoValue),
    }
    guardrail = scope.add(
        bedrock.Guardrail,
        "Guardrail",
        Condition=condition,
        # A name has 50 characters at most, as many as the longest prefix and the GUID without its hyphens.
        Name=Join("", [scope.prefix.lower(), *_hyphenless_guid()]),
        Description="Looks at prompts and at what a model makes of them",
        BlockedInputMessaging=_MESSAGE,
        BlockedOutputsMessaging=_MESSAGE,
        **policies,
    )
    version = scope.add(
        bedrock.GuardrailVersion,
        "GuardrailVersion",
        Condition=condition,
        GuardrailIdentifier=GetAtt(guardrail, "GuardrailId"),
        # A version stays as it was made: another description makes another one, so it says what the guardrail is.
        Description=Sub(
            f"{_digest(policies)}: strength ${{Strength}}, personal data ${{PersonalData}}",
            Strength=strength,
            PersonalData=personal_data,
        ),
    )
    return Guardrail(GetAtt(guardrail, "GuardrailId"), GetAtt(version, "Version"))


def _hyphenless_guid() -> list[AWSHelperFn]:
    return [Join("", Split("-", STACK_GUID))]


def _content_policy(strength: Ref) -> bedrock.ContentPolicyConfig:
    filters = [
        bedrock.ContentFilterConfig(Type=category, InputStrength=strength, OutputStrength=strength)
        for category in _CATEGORIES
    ]
    # Attacks are a matter of prompts: the service takes no other strength for outputs.
    attack = bedrock.ContentFilterConfig(Type="PROMPT_ATTACK", InputStrength=strength, OutputStrength="NONE")
    return bedrock.ContentPolicyConfig(FiltersConfig=[*filters, attack])


def _personal_data_policy() -> bedrock.SensitiveInformationPolicyConfig:
    return bedrock.SensitiveInformationPolicyConfig(
        PiiEntitiesConfig=[bedrock.PiiEntityConfig(Type=kind, Action="BLOCK") for kind in _PERSONAL_DATA]
    )


def _digest(policies: Mapping[str, AWSHelperFn | bedrock.ContentPolicyConfig]) -> str:
    described = indented({name: policy.to_dict() for name, policy in policies.items()})
    return hashlib.sha256(described.encode()).hexdigest()[:12]
