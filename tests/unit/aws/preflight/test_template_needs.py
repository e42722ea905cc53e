"""What the checks beforehand read from a template: its endpoints, its rules, and its model of Amazon Bedrock."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest

from genai_templates import ImageStack, TextStack
from genai_templates.aws.preflight import Surroundings, Verdict
from genai_templates.aws.preflight.bedrock_model import check_bedrock_model
from genai_templates.aws.preflight.endpoint_needs import EndpointNeed, endpoint_needs, is_changed
from genai_templates.aws.preflight.endpoint_quotas import check_endpoint_quotas
from genai_templates.aws.preflight.rules import check_rules
from genai_templates.options import Hosting
from tests.unit.aws.stubbed_account import StubbedAccount


@cache
def native() -> dict[str, Any]:
    return dict(json.loads(TextStack(hosting=Hosting.NATIVE, fallback_instance_types=("ml.g5.4xlarge",)).to_json()))


@cache
def bedrock(stack: type[TextStack] | type[ImageStack] = TextStack) -> dict[str, Any]:
    return dict(json.loads(stack(hosting=Hosting.BEDROCK).to_json()))


class New(Surroundings):
    """Surroundings in which there is no stack yet."""

    stack = None


def new(account: StubbedAccount, template: dict[str, Any], **parameters: str) -> Surroundings:
    return New(account, template, parameters, "genai-text")


def test_an_endpoint_needs_each_of_its_types_to_grow_and_twice_for_an_update(account: StubbedAccount) -> None:
    grows = new(account, native(), MinInstances="2", MaxInstances="3").values
    assert list(endpoint_needs(grows)) == [EndpointNeed(("ml.g5.2xlarge", "ml.g5.4xlarge"), 2, 3, 4)]


@pytest.mark.parametrize(
    ("parameter", "value", "changed"),
    [("InstanceType", "ml.g5.8xlarge", True), ("ThrottleRate", "7", False), ("MinInstances", "2", True)],
)
def test_only_what_the_endpoint_is_made_of_asks_for_another(
    account: StubbedAccount, parameter: str, value: str, changed: bool
) -> None:
    before = {name: str(each.get("Default", "")) for name, each in native()["Parameters"].items()}
    assert is_changed(new(account, native(), **{parameter: value}).values, before) is changed
    assert not is_changed(new(account, native()).values, before)


@pytest.mark.parametrize(
    ("quotas", "verdicts"),
    [
        ((2, 2), [Verdict.OK, Verdict.OK]),
        ((1, 0), [Verdict.WARNING, Verdict.WARNING]),
        ((0, 0), [Verdict.FAILS, Verdict.FAILS]),
    ],
    ids=["enough", "for no update", "for none"],
)
def test_quotas_are_judged_for_now_and_for_updates(
    account: StubbedAccount, quotas: tuple[int, int], verdicts: list[Verdict]
) -> None:
    account.expect("sagemaker", "list_endpoints", {"Endpoints": []})
    for value, kind in zip(quotas, ("2xlarge", "4xlarge"), strict=True):
        quota = {"QuotaName": f"ml.g5.{kind} for endpoint usage", "Value": value, "Adjustable": False}
        account.stub("service-quotas").add_response("get_service_quota", {"Quota": quota})
    checks = check_endpoint_quotas(new(account, native()))
    assert [each.verdict for each in checks] == verdicts
    assert ("an update of the endpoint, whose new instances" in checks[0].finding) is (quotas[0] == 1)


def test_a_rule_that_does_not_hold_says_so(account: StubbedAccount) -> None:
    assert [each.verdict for each in check_rules(new(account, native()))] == [Verdict.OK]
    (broken,) = check_rules(new(account, native(), MinInstances="3", MaxInstances="2"))
    assert (broken.verdict, broken.finding) == (
        Verdict.FAILS,
        "InstancesAreARange: MaxInstances must not be less than MinInstances.",
    )
    # A rule of canaries is none for other updates.
    (steps,) = check_rules(new(account, native(), RolloutKind="CANARY"))
    assert steps.finding.startswith("RolloutHasSteps: ")


def test_a_rule_knows_the_region(account: StubbedAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(account, "region", "us-gov-west-1")
    checks = [each for stack in (TextStack, ImageStack) for each in check_rules(new(account, bedrock(stack)))]
    assert [each.verdict for each in checks] == [Verdict.FAILS, Verdict.FAILS]


def _availability(**more: Any) -> dict[str, Any]:
    return {
        "modelId": "x",
        "agreementAvailability": {"status": "AVAILABLE"},
        "authorizationStatus": "AUTHORIZED",
        "entitlementAvailability": "AVAILABLE",
        "regionAvailability": "AVAILABLE",
        **more,
    }


_PROFILE = "eu.amazon.nova-pro-v1:0"


def _expect_profile(account: StubbedAccount) -> None:
    response = {
        "inferenceProfileName": "x",
        "inferenceProfileArn": f"arn:aws:bedrock:eu-west-1:123456789012:inference-profile/{_PROFILE}",
        "models": [{"modelArn": "arn:aws:bedrock:eu-west-1::foundation-model/amazon.nova-pro-v1:0"}],
        "inferenceProfileId": _PROFILE,
        "status": "ACTIVE",
        "type": "SYSTEM_DEFINED",
    }
    account.expect("bedrock", "get_inference_profile", response, inferenceProfileIdentifier=_PROFILE)


@pytest.mark.parametrize(
    ("found", "verdict", "words"),
    [
        ({"regionAvailability": "NOT_AVAILABLE"}, Verdict.OK, f"{_PROFILE} may be called in eu-west-1"),
        ({"authorizationStatus": "NOT_AUTHORIZED"}, Verdict.FAILS, "not authorized to use amazon.nova-pro-v1:0"),
        ({"entitlementAvailability": "NOT_AVAILABLE"}, Verdict.WARNING, "not yet granted"),
        ({"agreementAvailability": {"status": "NOT_AVAILABLE"}}, Verdict.WARNING, "agreement not available"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_model_of_bedrock_is_looked_up_by_its_own_id_and_its_profile(
    account: StubbedAccount, found: dict[str, Any], verdict: Verdict, words: str
) -> None:
    _expect_profile(account)
    response = _availability(**found)
    account.expect("bedrock", "get_foundation_model_availability", response, modelId="amazon.nova-pro-v1:0")
    (check,) = check_bedrock_model(new(account, bedrock(), ModelId="amazon.nova-pro-v1:0"))
    assert check.verdict is verdict
    assert words in check.finding


def test_a_profile_that_the_region_lacks_fails(account: StubbedAccount) -> None:
    account.refuse("bedrock", "get_inference_profile", "ResourceNotFoundException", status=404)
    (check,) = check_bedrock_model(new(account, bedrock(), ModelId="amazon.nova-pro-v1:0"))
    assert (check.verdict, check.finding) == (
        Verdict.FAILS,
        f"there is no inference profile {_PROFILE} in eu-west-1",
    )


def test_a_template_without_bedrock_asks_nothing_of_it(account: StubbedAccount) -> None:
    assert check_bedrock_model(new(account, native())) == []
