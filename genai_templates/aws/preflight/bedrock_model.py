"""The model of Amazon Bedrock that the functions call: whether the account may use it, in the region that has it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...costs.template_values import TemplateValues
from ...errors import AwsError
from ..account import Account
from ..failures import translated
from .check import Check, Verdict
from .surroundings import Surroundings

_NAME = "Bedrock model"
_INVOKED, _MODEL, _REGION = "BEDROCK_MODEL_ID", "MODEL_ID", "BEDROCK_REGION"


def check_bedrock_model(surroundings: Surroundings) -> list[Check]:
    """Return a line for the model that the functions call on Amazon Bedrock; none for a template without.

    A template that is not for this region names no model there: its rules say so.
    """
    called = dict.fromkeys(_calls(surroundings.values))
    return [_check(surroundings.account, *each) for each in called if all(each)]


def _calls(values: TemplateValues) -> Iterator[tuple[str, str, str]]:
    """Yield the id by which a function calls, the model's own id, and the region that is called."""
    for _, function in values.resources("AWS::Lambda::Function"):
        variables = function["Properties"].get("Environment", {}).get("Variables", {})
        if _INVOKED in variables:
            invoked, model, region = (_text(values, variables.get(each)) for each in (_INVOKED, _MODEL, _REGION))
            yield invoked, model, region


def _text(values: TemplateValues, node: Any) -> str:
    """Return a text that is joined, chosen or mapped of parameters and the region; empty where it is not known."""
    match values.value(node):
        case str(text):
            return text
        case {"Fn::Join": [str(separator), list(parts)]}:
            texts = [_text(values, each) for each in parts]
            return separator.join(texts) if all(texts) else ""
        case {"Fn::FindInMap": [str(name), first, second]}:
            row = values.template["Mappings"][name].get(_text(values, first), {})
            return str(row.get(_text(values, second), ""))
    return ""


def _check(account: Account, invoked: str, model: str, region: str) -> Check:
    if invoked != model and not _has_profile(account, invoked, region):
        return Check(_NAME, Verdict.FAILS, f"there is no inference profile {invoked} in {region}", _OTHER)
    with translated():
        client = account.client("bedrock", region)
        found = client.get_foundation_model_availability(modelId=model)
    agreement = found["agreementAvailability"]
    if found["authorizationStatus"] != "AUTHORIZED":
        return Check(_NAME, Verdict.FAILS, f"the account is not authorized to use {model}", _SUPPORT)
    if invoked == model and found["regionAvailability"] != "AVAILABLE":
        return Check(_NAME, Verdict.FAILS, f"{region} does not have {model}", _OTHER)
    if found["entitlementAvailability"] != "AVAILABLE" or agreement["status"] != "AVAILABLE":
        reason = agreement.get("errorMessage") or f"agreement {agreement['status'].lower().replace('_', ' ')}"
        return Check(_NAME, Verdict.WARNING, f"{model} is not yet granted to the account: {reason}", _AGREE)
    return Check(_NAME, Verdict.OK, f"{invoked} may be called in {region}")


_OTHER = "choose another model by --parameter ModelId=..., or another --region"
_SUPPORT = "ask whoever manages the account or its organization, or AWS Support"
_AGREE = (
    "call it once in the console of Amazon Bedrock, as somebody with aws-marketplace:Subscribe: the functions of the "
    "stack cannot accept its terms"
)


def _has_profile(account: Account, profile: str, region: str) -> bool:
    try:
        with translated():
            account.client("bedrock", region).get_inference_profile(inferenceProfileIdentifier=profile)
    except AwsError as error:
        if "ResourceNotFound" in str(error):
            return False
        raise
    return True
