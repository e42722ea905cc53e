"""An endpoint as a resource of the template: for every region, model and instance type that it can be for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from troposphere import Template as TroposphereTemplate

from genai_templates import Hosting, ImageStack, InvalidOption, Scope, TextStack
from genai_templates.catalog import models
from genai_templates.packaging.lint import lint_templates
from tests.stacks.conftest import BUILDS

Template = dict[str, Any]
FALCON_40B = "huggingface-llm-falcon-40b-instruct-bf16"
LLAMA = "meta-textgeneration-llama-3-1-8b-instruct"
# What the templates need and these regions lack, whatever the hosting: docs/regions.md.
WITHOUT_TYPES = {"cn-north-1", "cn-northwest-1", "me-central-1", "us-gov-east-1", "us-gov-west-1"}


def template_of(stack: TextStack | ImageStack) -> Template:
    document: Template = json.loads(stack.to_json())
    return document


TEXT = template_of(TextStack(hosting=Hosting.NATIVE))
IMAGE = json.loads(BUILDS["image-native"].to_json())


def properties(template: Template, name: str) -> dict[str, Any]:
    found: dict[str, Any] = template["Resources"][name]["Properties"]
    return found


def container(template: Template, name: str = "Model") -> dict[str, Any]:
    found: dict[str, Any] = properties(template, name)["PrimaryContainer"]
    return found


def variant(template: Template) -> dict[str, Any]:
    found: dict[str, Any] = properties(template, "EndpointConfig")["ProductionVariants"][0]
    return found


def referred(value: object) -> Iterator[str]:
    """Give the logical ids that a part of a template refers to."""
    match value:
        case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), *_]}:
            yield name
        case dict():
            for each in value.values():
                yield from referred(each)
        case list():
            for each in value:
                yield from referred(each)


def test_there_is_no_notebook_no_janitor_and_no_network() -> None:
    kinds = {each["Type"] for each in TEXT["Resources"].values()}
    assert not {kind for kind in kinds if kind.startswith(("AWS::EC2", "Custom::ModelJanitor"))}
    assert {kind for kind in kinds if kind.startswith("AWS::SageMaker")} == {
        "AWS::SageMaker::Model",
        "AWS::SageMaker::EndpointConfig",
        "AWS::SageMaker::Endpoint",
    }


def test_what_cloudformation_replaces_has_no_name_and_the_endpoint_keeps_its_own() -> None:
    assert "ModelName" not in properties(TEXT, "Model")
    assert "EndpointConfigName" not in properties(TEXT, "EndpointConfig")
    name = properties(TEXT, "Endpoint")["EndpointName"]
    assert name == TEXT["Outputs"]["EndpointName"]["Value"]
    assert set(referred(name)) == {"AWS::StackId"}


def test_functions_do_not_wait_for_the_endpoint() -> None:
    for name, resource in TEXT["Resources"].items():
        if resource["Type"] == "AWS::Lambda::Function":
            assert "Endpoint" not in set(referred(resource)), name


def test_one_template_serves_every_region_that_has_the_container_and_refuses_the_others() -> None:
    registries = TEXT["Mappings"]["ModelRegistry"]
    assert len(registries) > 35
    assert container(TEXT)["Image"]["Fn::Sub"][0].startswith("${Registry}/huggingface-pytorch-tgi-inference:")
    allowed, region = TEXT["Rules"]["RegionHasModel"]["Assertions"][0]["Assert"]["Fn::Contains"]
    assert (allowed, region) == (sorted(registries), {"Ref": "AWS::Region"})


def test_artifacts_are_a_prefix_of_uncompressed_files_in_the_region() -> None:
    source = container(TEXT)["ModelDataSource"]["S3DataSource"]
    uri = source.pop("S3Uri")["Fn::Sub"]
    assert source == {"S3DataType": "S3Prefix", "CompressionType": "None"}
    assert uri.startswith("s3://jumpstart-cache-prod-${AWS::Region}/")
    assert uri.endswith("/")
    assert properties(TEXT, "Model")["EnableNetworkIsolation"] is True


def test_a_gated_model_comes_from_the_private_bucket_with_its_licence_accepted() -> None:
    gated = template_of(TextStack(hosting=Hosting.NATIVE, model=LLAMA, accept_license=True))
    source = container(gated)["ModelDataSource"]["S3DataSource"]
    assert source["ModelAccessConfig"] == {"AcceptEula": True}
    assert source["S3Uri"]["Fn::Sub"].startswith("s3://jumpstart-private-cache-prod-")


def test_image_models_may_respond_with_twenty_megabytes() -> None:
    assert container(IMAGE)["Environment"]["MMS_MAX_RESPONSE_SIZE"] == "20000000"


def test_an_environment_that_depends_on_the_instance_type_follows_the_parameter() -> None:
    template = template_of(TextStack(hosting=Hosting.NATIVE, model=FALCON_40B))
    environment, mapping = container(template)["Environment"], template["Mappings"]["ModelEnvironment"]
    chosen = {"Fn::FindInMap": ["ModelEnvironment", {"Ref": "InstanceType"}, "SmNumGpus"]}
    assert environment["SM_NUM_GPUS"] == chosen
    assert {name: each["SmNumGpus"] for name, each in mapping.items()}["ml.g5.48xlarge"] == "8"
    # Set on some types alone: elsewhere the container must not see it, not even empty.
    condition, _, otherwise = environment["MAX_BATCH_TOTAL_TOKENS"]["Fn::If"]
    assert otherwise == {"Ref": "AWS::NoValue"}
    assert condition in template["Conditions"]
    assert environment["MAX_INPUT_LENGTH"] == "1024"


def test_fallbacks_are_pools_in_order_that_share_a_model_where_they_can() -> None:
    assert "InstanceType" not in variant(IMAGE)
    kinds = [(pool["InstanceType"], pool["Priority"]) for pool in variant(IMAGE)["InstancePools"]]
    assert kinds == [({"Ref": "InstanceType"}, 1), ("ml.g5.4xlarge", 2), ("ml.g5.8xlarge", 3)]
    assert all("ModelNameOverride" not in pool for pool in variant(IMAGE)["InstancePools"])
    assert 300 <= variant(IMAGE)["VariantInstanceProvisionTimeoutInSeconds"] <= 3600
    # A pool of the same type twice is refused by SageMaker.
    assert not {"ml.g5.4xlarge", "ml.g5.8xlarge"} & set(IMAGE["Parameters"]["InstanceType"]["AllowedValues"])


def test_a_fallback_with_another_environment_has_a_model_of_its_own() -> None:
    fallbacks = ("ml.g5.12xlarge", "ml.g5.24xlarge", "ml.p4d.24xlarge")
    template = template_of(TextStack(hosting=Hosting.NATIVE, model=FALCON_40B, fallback_instance_types=fallbacks))
    override = [
        pool.get("ModelNameOverride", {}).get("Fn::GetAtt", ["Model"])[0] for pool in variant(template)["InstancePools"]
    ]
    assert override == ["Model", "Model2", "Model2", "Model3"]
    assert container(template, "Model2")["Environment"]["SM_NUM_GPUS"] == "4"
    assert container(template, "Model3")["Environment"]["SM_NUM_GPUS"] == "8"


def test_more_fallbacks_than_sagemaker_takes_are_refused() -> None:
    model = next(each for each in models().values() if each.app == "text" and len(each.instance_types) > 5)
    others = tuple(each for each in model.instance_types if each != model.default_instance_type)[:5]
    with pytest.raises(InvalidOption, match="give up to 4"):
        TextStack(hosting=Hosting.NATIVE, model=model.model_id, fallback_instance_types=others, accept_license=True)


def test_an_update_is_watched_by_alarms_on_the_new_instances_alone() -> None:
    deployment = properties(TEXT, "Endpoint")["DeploymentConfig"]
    alarms = [each["AlarmName"]["Ref"] for each in deployment["AutoRollbackConfiguration"]["Alarms"]]
    assert alarms == ["RolloutErrors", "RolloutLatency"]
    for alarm in alarms:
        dimensions = {each["Name"]: each["Value"] for each in properties(TEXT, alarm)["Dimensions"]}
        assert dimensions["EndpointConfigName"] == {"Fn::GetAtt": ["EndpointConfig", "EndpointConfigName"]}
        assert properties(TEXT, alarm)["TreatMissingData"] == "notBreaching"
    statement = properties(TEXT, "RolloutPolicy")["PolicyDocument"]["Statement"][0]
    assert statement["Action"] == ["cloudwatch:DescribeAlarms"]
    assert statement["Resource"] == [{"Fn::GetAtt": [alarm, "Arn"]} for alarm in alarms]
    assert TEXT["Resources"]["Endpoint"]["DependsOn"] == ["RolloutPolicy"]


def test_the_longest_waits_fit_into_the_time_of_an_update() -> None:
    policy = properties(TEXT, "Endpoint")["DeploymentConfig"]["BlueGreenUpdatePolicy"]
    step = policy["TrafficRoutingConfiguration"]["LinearStepSize"]["Fn::If"][1]["Value"]
    waits = 100 // step * TEXT["Parameters"]["RolloutWaitSeconds"]["MaxValue"] + policy["TerminationWaitInSeconds"]
    assert waits < policy["MaximumExecutionTimeoutInSeconds"] <= 28_800


def test_scaling_is_there_while_there_is_something_to_scale_and_goes_before_the_endpoint() -> None:
    for name in ("ScalableTarget", "FollowRequests"):
        assert TEXT["Resources"][name]["Condition"] == "ModelScales"
    assert TEXT["Conditions"]["ModelScales"] == {
        "Fn::And": [{"Condition": "ModelRuns"}, {"Condition": "ModelCanScale"}]
    }
    assert TEXT["Conditions"]["ModelCanScale"] == {
        "Fn::Not": [{"Fn::Equals": [{"Ref": "MinInstances"}, {"Ref": "MaxInstances"}]}]
    }
    assert "Endpoint" in set(referred(properties(TEXT, "ScalableTarget")))
    assert "ScalableTarget" in set(referred(properties(TEXT, "FollowRequests")))
    assert properties(TEXT, "Endpoint")["RetainAllVariantProperties"] == {"Fn::If": ["ModelCanScale", True, False]}


def test_whatever_an_update_takes_makes_a_configuration_since_the_present_one_is_refused() -> None:
    endpoint = properties(TEXT, "Endpoint")
    routing = endpoint["DeploymentConfig"]["BlueGreenUpdatePolicy"]["TrafficRoutingConfiguration"]
    weight = json.dumps(variant(TEXT)["InitialVariantWeight"])
    conditions = (routing["CanarySize"], routing["LinearStepSize"], endpoint["RetainAllVariantProperties"])
    assert [each["Fn::If"][0] in weight for each in conditions] == [True, True, True]
    assert json.dumps(routing["WaitIntervalInSeconds"]) in weight


def test_two_applications_fit_on_one_template() -> None:
    template = TroposphereTemplate()
    TextStack(hosting=Hosting.NATIVE, scope=Scope(template, "Text"))
    ImageStack(hosting=Hosting.NATIVE, scope=Scope(template, "Image"))
    document = json.loads(template.to_json())
    assert {"TextRegionHasModel", "ImageRegionHasModel"} <= document["Rules"].keys()
    assert {"TextModelRegistry", "ImageModelRegistry"} <= document["Mappings"].keys()


def test_cfn_lint_finds_nothing_in_any_region_that_has_the_container(tmp_path: Path) -> None:
    """The resources of this hosting alone: the others are those of the other hostings."""
    template = template_of(
        TextStack(hosting=Hosting.NATIVE, model=FALCON_40B, fallback_instance_types=("ml.g5.12xlarge",))
    )
    regions = sorted(set(template["Mappings"]["ModelRegistry"]) - WITHOUT_TYPES)
    findings = lint_templates({"native": json.dumps(_hosting_alone(template))}, regions=regions, cache_dir=tmp_path)
    assert [str(finding) for finding in findings] == []
    assert len(regions) > 30


def _hosting_alone(template: Template) -> Template:
    kept = {"EndpointRole", "RolloutErrors", "RolloutLatency", "RolloutPolicy", "ScheduleRole"}
    own = {
        name: each
        for name, each in template["Resources"].items()
        if name in kept or each["Type"].startswith(("AWS::SageMaker", "AWS::ApplicationAutoScaling", "AWS::Scheduler"))
    }
    conditions = {name: test for name, test in template["Conditions"].items() if f'"{name}"' in json.dumps(own)}
    used = set(referred([own, conditions, template["Rules"]]))
    parameters = {name: each for name, each in template["Parameters"].items() if name in used}
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Parameters": parameters,
        "Mappings": template["Mappings"],
        "Conditions": conditions,
        "Rules": template["Rules"],
        "Resources": own,
    }
