"""Templates with filters of content: what each choice adds, whom it grants what, and that it fits where it has to."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cfnlint.helpers import REGIONS
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER
from troposphere import Template as TroposphereTemplate

from genai_templates import FunctionNetwork, Hosting, ImageStack, TextStack
from genai_templates.options import ContentFilter
from genai_templates.options.terms import MOST_TERM_BYTES
from genai_templates.packaging.lint import lint_templates
from genai_templates.regions import GUARDRAIL, IMAGE_MODERATION, regions_with
from genai_templates.scope import Scope
from tests.stacks.conftest import BUILDS
from tests.stacks.resolution import ACCOUNT, Resolver
from tests.stacks.test_handler_contract import settings_of

_ENVIRONMENT_BYTES = 4_096
_SEEN_BY = {"text": "GenAILambdaFunction", "image": "StartProcessFunction"}
_LOADED = """
import sys
from genai_templates import ImageStack, TextStack
TextStack(), ImageStack()
print(*(name for name in sys.modules if name.startswith("genai_templates.") or name == "troposphere.bedrock"))
"""


def template_of(app: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(BUILDS[f"{app}-filtered"].to_json())
    return document


def environment(template: dict[str, Any], function: str) -> dict[str, Any]:
    return dict(template["Resources"][function]["Properties"]["Environment"]["Variables"])


def granted(template: dict[str, Any], action: str) -> dict[str, Any]:
    """Return the resources that each role is allowed this action on."""
    return {
        name: statement["Resource"]
        for name, each in template["Resources"].items()
        for policy in (each["Properties"].get("Policies", ()) if each["Type"] == "AWS::IAM::Role" else ())
        for statement in policy["PolicyDocument"]["Statement"]
        if action in statement["Action"]
    }


@pytest.mark.parametrize("app", _SEEN_BY)
def test_only_what_takes_prompts_may_apply_the_guardrail_and_no_other_one(app: str) -> None:
    ((role, resources),) = granted(template_of(app), "bedrock:ApplyGuardrail").items()
    assert role == f"{_SEEN_BY[app]}Role"
    existing = Resolver(template_of(app), "eu-west-1", ExistingGuardrailId="abc", ExistingGuardrailVersion="3")
    assert existing.resolve(resources) == [f"arn:aws:bedrock:eu-west-1:{ACCOUNT}:guardrail/abc"]
    own = Resolver(template_of(app), "eu-west-1").resolve(resources[0]["Fn::Sub"][1])
    assert own == {"GuardrailId": {"Fn::GetAtt": ["Guardrail", "GuardrailId"]}}


def test_images_are_moderated_where_they_are_stored() -> None:
    moderating = granted(template_of("image"), "rekognition:DetectModerationLabels")
    assert moderating == {"EndpointCallFunctionRole": ["*"]}
    later = ImageStack(hosting=Hosting.SCALE_TO_ZERO, image_moderation=True)
    assert set(granted(json.loads(later.to_json()), "rekognition:DetectModerationLabels")) == {
        "CompleteJobFunctionRole"
    }


@pytest.mark.parametrize("app", _SEEN_BY)
def test_a_function_knows_its_filters_and_their_settings(app: str) -> None:
    own = environment(template_of(app), _SEEN_BY[app])
    others = {*environment(json.loads(BUILDS[app].to_json()), _SEEN_BY[app]), "CONTENT_FILTERS"}
    names = own["CONTENT_FILTERS"].split(",")
    assert names == ["blocked_terms", "guardrail"]
    settings = {field.upper() for name in names for field in settings_of(f"handlers.common.content.{name}")}
    assert set(own) - others == settings
    existing = Resolver(template_of(app), "eu-west-1", ExistingGuardrailId="abc", ExistingGuardrailVersion="3")
    assert existing.resolve({name: own[name] for name in settings}) == {
        "BLOCKED_TERMS": "a term",
        "GUARDRAIL_ID": "abc",
        "GUARDRAIL_VERSION": "3",
    }


@pytest.mark.parametrize("hosting", Hosting, ids=lambda hosting: str(hosting.value))
@pytest.mark.parametrize(("app", "stack"), [("text", TextStack), ("image", ImageStack)])
def test_the_most_terms_fit_into_a_functions_environment(app: str, stack: Any, hosting: Hosting) -> None:
    terms = tuple(f"{number:09}" for number in range(MOST_TERM_BYTES // 10))
    made = stack(hosting=hosting, blocked_terms=terms, content_filter=ContentFilter.GUARDRAIL)
    variables = environment(json.loads(made.to_json()), _SEEN_BY[app])
    sizes = [len(name) + _size_of(name, value) for name, value in variables.items()]
    assert sum(sizes) <= _ENVIRONMENT_BYTES


def _size_of(name: str, value: object) -> int:
    """Return the characters of a variable; a reference becomes a name, of which few have more than 70."""
    longest = {"BLOCKED_TERMS": MOST_TERM_BYTES, "STACK_NAME": 128, "ALLOWED_ORIGIN": 253}
    return len(value) if isinstance(value, str) else longest.get(name, 70)


def test_an_existing_guardrail_is_given_with_its_version() -> None:
    (assertion,) = template_of("text")["Rules"]["ExistingGuardrailHasVersion"]["Assertions"]
    assert {"Ref": "ExistingGuardrailVersion"} in assertion["Assert"]["Fn::Or"][0]["Fn::And"][1]["Fn::Equals"]


def test_a_change_of_the_guardrail_makes_a_version() -> None:
    version = template_of("text")["Resources"]["GuardrailVersion"]["Properties"]["Description"]
    text, own = version["Fn::Sub"]
    assert re.match(r"[0-9a-f]{12}: ", text)
    assert own == {
        "Strength": {"Ref": "GuardrailStrength"},
        "PersonalData": {"Ref": "GuardrailRefusesPersonalData"},
    }


def test_two_applications_have_guardrails_of_their_own_names() -> None:
    template, prefixes = TroposphereTemplate(), ("TheLongestPrefixAA", "TheLongestPrefixBB")
    for prefix in prefixes:
        TextStack(scope=Scope(template, prefix), content_filter=ContentFilter.GUARDRAIL)
    resources = template.to_dict()["Resources"]
    names = [json.dumps(resources[f"{prefix}Guardrail"]["Properties"]["Name"]) for prefix in prefixes]
    assert len(set(names)) == 2
    hexadecimal_digits = 32  # of the GUID
    assert all(len(prefix) + hexadecimal_digits <= 50 for prefix in prefixes)


def test_the_dashboard_counts_what_is_refused_by_its_reason() -> None:
    body = template_of("image")["Resources"]["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"][0]
    widget = json.loads(body)["widgets"][-1]
    reasons = [metric[-1] for metric in widget["properties"]["metrics"]]
    assert {"blocked_term", "prompt_attack", "toxicity", "moderation"} <= set(reasons)
    assert len(reasons) == len(set(reasons))
    assert "Refused" not in BUILDS["image"].to_json()


def test_functions_in_a_vpc_reach_their_filters() -> None:
    stack = ImageStack(
        function_network=FunctionNetwork.PRIVATE, content_filter=ContentFilter.GUARDRAIL, image_moderation=True
    )
    assert {"BedrockRuntimeEndpoint", "RekognitionEndpoint"} <= stack.template.resources.keys()
    both = TextStack(
        hosting=Hosting.BEDROCK,
        function_network=FunctionNetwork.PRIVATE,
        content_filter=ContentFilter.GUARDRAIL,
    )
    assert "BedrockRuntimeEndpoint" in both.template.resources


def test_the_regions_are_those_that_have_what_it_takes(tmp_path: Path) -> None:
    kinds = {GUARDRAIL, "AWS::Bedrock::GuardrailVersion", "AWS::SageMaker::Endpoint", "AWS::CloudFront::Distribution"}
    found = [name for name in REGIONS if kinds <= set(PROVIDER_SCHEMA_MANAGER.get_resource_types(name))]
    assert regions_with(GUARDRAIL) == sorted(name for name in found if not re.search("iso|eusc", name))
    rules = template_of("image")["Rules"]
    for rule, needed in (("RegionHasGuardrails", GUARDRAIL), ("RegionHasModeration", IMAGE_MODERATION)):
        (assertion,) = rules[rule]["Assertions"]
        assert assertion["Assert"] == {"Fn::Contains": [regions_with(needed), {"Ref": "AWS::Region"}]}
    texts = {app: json.dumps(template_of(app)) for app in _SEEN_BY}
    assert lint_templates(texts, regions=("us-east-1", "eu-west-1", "ap-southeast-5"), cache_dir=tmp_path) == ()


def test_a_stack_without_filters_loads_nothing_of_them() -> None:
    loaded = subprocess.run([sys.executable, "-c", _LOADED], check=True, capture_output=True, text=True).stdout.split()
    assert not {
        "genai_templates.components.guardrail",
        "genai_templates.stacks.parameters.content",
        "troposphere.bedrock",
    } & set(loaded)
