"""The templates on Amazon Bedrock: grants for exactly the chosen model in this region, and no SageMaker at all."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from troposphere import Template as TroposphereTemplate

from genai_templates import FunctionNetwork, Hosting, ImageStack, TextStack
from genai_templates.bedrock_catalog import bedrock_models, bedrock_models_of
from genai_templates.packaging.lint import lint_templates
from genai_templates.scope import Scope
from tests.stacks.conftest import BUILDS
from tests.stacks.resolution import ACCOUNT, Resolver

TEMPLATES = {app: json.loads(BUILDS[f"{app}-bedrock"].to_json()) for app in ("text", "image")}
TEXT_MODELS, IMAGE_MODELS = bedrock_models_of("text"), bedrock_models_of("image")
REGIONS = list(TEXT_MODELS["amazon.nova-lite-v1:0"].routes)


def invocations(app: str) -> Iterator[dict[str, Any]]:
    """Yield the statements that allow a model to be called."""
    for each in TEMPLATES[app]["Resources"].values():
        for policy in each["Properties"].get("Policies", ()) if each["Type"] == "AWS::IAM::Role" else ():
            yield from (one for one in policy["PolicyDocument"]["Statement"] if "bedrock" in json.dumps(one))


def environment(app: str, function: str, resolver: Resolver) -> dict[str, Any]:
    variables = TEMPLATES[app]["Resources"][function]["Properties"]["Environment"]["Variables"]
    return {name: resolver.resolve(variables[name]) for name in variables if name.startswith(("BEDROCK", "M", "PAY"))}


@pytest.mark.parametrize("region", REGIONS)
@pytest.mark.parametrize("model_id", TEXT_MODELS)
def test_a_text_model_is_granted_by_the_profile_of_the_region_alone(region: str, model_id: str) -> None:
    resolver = Resolver(TEMPLATES["text"], region, ModelId=model_id)
    model = TEXT_MODELS[model_id]
    route = model.routes[region]
    profile = f"arn:aws:bedrock:{region}:{ACCOUNT}:inference-profile/{route.prefix}.{model_id}"
    by_profile, by_model = (resolver.resolve(each) for each in invocations("text"))
    assert (by_profile["Action"], by_profile["Resource"]) == (["bedrock:InvokeModel"], [profile])
    assert by_model["Action"] == ["bedrock:InvokeModel"]
    assert by_model["Resource"] == [
        f"arn:aws:bedrock:{destination}::foundation-model/{model_id}" for destination in route.destinations
    ]
    assert by_model["Condition"] == {"StringEquals": {"bedrock:InferenceProfileArn": profile}}
    assert environment("text", "GenAILambdaFunction", resolver) == {
        "BEDROCK_MODEL_ID": f"{route.prefix}.{model_id}",
        "BEDROCK_REGION": region,
        "MODEL_HOST": "converse",
        "MODEL_STATUS": "bedrock_status",
        "MODEL_ID": model_id,
        "PAYLOAD_CODEC": "converse",
        "MAX_INPUT_TOKENS": str(model.max_input_tokens),
        "MAX_TOTAL_TOKENS": str(model.max_total_tokens),
    }


@pytest.mark.parametrize("region", ["us-west-2", "eu-central-1"])
@pytest.mark.parametrize("model_id", IMAGE_MODELS)
def test_an_image_model_is_granted_in_the_region_that_has_it(region: str, model_id: str) -> None:
    resolver = Resolver(TEMPLATES["image"], region, ModelId=model_id)
    (statement,) = (resolver.resolve(each) for each in invocations("image"))
    assert statement == {
        "Sid": "InvokeModel",
        "Effect": "Allow",
        "Action": ["bedrock:InvokeModel"],
        "Resource": [f"arn:aws:bedrock:us-west-2::foundation-model/{model_id}"],
    }
    assert environment("image", "EndpointCallFunction", resolver) == {
        "BEDROCK_MODEL_ID": model_id,
        "BEDROCK_REGION": "us-west-2",
        "MODEL_HOST": "bedrock_image",
        "PAYLOAD_CODEC": "stability",
    }


@pytest.mark.parametrize("app", sorted(TEMPLATES))
def test_nothing_of_sagemaker_is_left(app: str) -> None:
    assert "sagemaker" not in json.dumps(TEMPLATES[app]).lower()
    assert "EndpointName" not in TEMPLATES[app]["Outputs"]
    assert "ModelId" in TEMPLATES[app]["Outputs"]


@pytest.mark.parametrize("build", [TextStack, ImageStack])
def test_the_model_of_the_builder_is_the_default_of_the_parameter(build: type[TextStack] | type[ImageStack]) -> None:
    for model_id in bedrock_models_of(build.app):
        template = json.loads(build(hosting=Hosting.BEDROCK, model=model_id).to_json())
        assert template["Parameters"]["ModelId"]["Default"] == model_id
        assert template["Parameters"]["ModelId"]["AllowedValues"] == list(bedrock_models_of(build.app))


def is_allowed(template: dict[str, Any], region: str) -> bool:
    """Return whether the rule lets the stack be made in this region."""
    (assertion,) = template["Rules"]["ModelIsOffered"]["Assertions"]
    return bool(Resolver(template, region).resolve(assertion["Assert"]))


def test_a_region_without_the_models_is_refused_by_a_rule() -> None:
    assert [region for region in (*REGIONS, "af-south-1", "cn-north-1") if is_allowed(TEMPLATES["text"], region)] == (
        REGIONS
    )


def test_images_can_be_made_from_any_region_unless_the_functions_have_no_internet() -> None:
    assert is_allowed(TEMPLATES["image"], "af-south-1")
    private = json.loads(ImageStack(hosting=Hosting.BEDROCK, function_network=FunctionNetwork.PRIVATE).to_json())
    assert is_allowed(private, "us-west-2")
    assert not is_allowed(private, "us-east-1")


def test_private_functions_reach_bedrock_over_an_interface_endpoint() -> None:
    template = json.loads(TextStack(hosting=Hosting.BEDROCK, function_network=FunctionNetwork.PRIVATE).to_json())
    services = [
        each["Properties"]["ServiceName"]["Fn::Sub"].rpartition("}.")[2]
        for each in template["Resources"].values()
        if each["Type"] == "AWS::EC2::VPCEndpoint"
    ]
    assert sorted(services) == ["bedrock-runtime", "xray"]


def test_both_applications_fit_on_one_template() -> None:
    template = TroposphereTemplate(Description="Both")
    TextStack(hosting=Hosting.BEDROCK, scope=Scope(template, "Text"))
    ImageStack(hosting=Hosting.BEDROCK, scope=Scope(template, "Image"))
    assert {"TextModelIsOffered", "ImageModelIsOffered"} <= template.to_dict()["Rules"].keys()


def test_lint_finds_nothing_in_any_region_that_is_offered(tmp_path: Path) -> None:
    stacks = {
        f"{build.app}-{network.value}": build(hosting=Hosting.BEDROCK, function_network=network)
        for build in (TextStack, ImageStack)
        for network in FunctionNetwork
    }
    templates = {name: stack.to_json() for name, stack in stacks.items()}
    regions = {region for model in bedrock_models().values() for region in (*model.routes, model.region) if region}
    assert lint_templates(templates, regions=regions, cache_dir=tmp_path) == ()


@pytest.mark.parametrize("region", ["us-west-2", "eu-central-1"])
def test_the_metrics_of_an_image_model_are_looked_for_where_it_is_called(region: str) -> None:
    resolver = Resolver(TEMPLATES["image"], region)
    resources = TEMPLATES["image"]["Resources"]
    body, variables = resources["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
    shown = [each["properties"] for each in json.loads(body)["widgets"]]
    regions = {each["metrics"][0][0]: each["region"] for each in shown}
    own = "${AWS::Region}"
    assert regions == {"AWS/ApiGateway": own, "AWS/Lambda": own, "AWS/Bedrock": "${ModelRegion}"}
    assert resolver.resolve(variables["ModelRegion"]) == "us-west-2"
    for alarm in ("EndpointErrors", "EndpointLatency"):  # which see their own region alone
        assert resolver.resolve(TEMPLATES["image"]["Conditions"][resources[alarm]["Condition"]]) is (
            region == "us-west-2"
        )


def test_the_metrics_of_a_text_model_are_in_the_region_of_the_stack() -> None:
    assert "Condition" not in TEMPLATES["text"]["Resources"]["EndpointErrors"]
