"""The text template whose model is scaled to zero: what the service wants of it, and where it can be."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from cfnlint.helpers import REGIONS
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER

from genai_templates import Hosting, TextStack
from genai_templates.accelerators import count_accelerators
from genai_templates.catalog import find_model
from genai_templates.errors import InvalidOption
from genai_templates.packaging.lint import lint_templates
from genai_templates.regions import INFERENCE_COMPONENT, regions_with

MIXED = "huggingface-llm-mistral-7b-instruct"  # it runs on types with one and with several accelerators


@cache
def template(**options: Any) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(TextStack(hosting=Hosting.SCALE_TO_ZERO, **options).to_json())
    return document


def properties(name: str, **options: Any) -> dict[str, Any]:
    """Return the properties of a resource."""
    found: dict[str, Any] = template(**options)["Resources"][name]["Properties"]
    return found


def test_the_endpoint_has_no_model_and_no_instance_but_for_its_component() -> None:
    config = properties("EndpointConfig")
    (variant,) = config["ProductionVariants"]
    assert config["ExecutionRoleArn"] == {"Fn::GetAtt": ["EndpointRole", "Arn"]}
    assert "EndpointConfigName" not in config
    assert "ModelName" not in variant
    assert variant["ManagedInstanceScaling"] == {
        "Status": "ENABLED",
        "MinInstanceCount": 0,
        "MaxInstanceCount": {"Ref": "MaxInstances"},
    }
    assert variant["RoutingConfig"] == {"RoutingStrategy": "LEAST_OUTSTANDING_REQUESTS"}


def test_the_endpoint_isolates_its_containers_as_their_model_does() -> None:
    assert properties("Model")["EnableNetworkIsolation"] is True
    assert properties("EndpointConfig")["EnableNetworkIsolation"] is True


def test_the_component_begins_with_a_copy_and_asks_for_little_memory() -> None:
    component = properties("InferenceComponent")
    assert component["RuntimeConfig"] == {"CopyCount": 1}
    assert component["Specification"]["ModelName"] == {"Fn::GetAtt": ["Model", "ModelName"]}
    assert component["Specification"]["ComputeResourceRequirements"] == {
        "MinMemoryRequiredInMb": 1024,
        "NumberOfAcceleratorDevicesRequired": 1,
    }
    assert all(60 <= seconds <= 3600 for seconds in component["Specification"]["StartupParameters"].values())


def test_a_copy_has_all_accelerators_of_the_instance_type_that_is_chosen() -> None:
    assert properties("InferenceComponent", model=MIXED)["Specification"]["ComputeResourceRequirements"][
        "NumberOfAcceleratorDevicesRequired"
    ] == {"Fn::FindInMap": ["Accelerators", {"Ref": "InstanceType"}, "Count"]}
    counts = template(model=MIXED)["Mappings"]["Accelerators"]
    assert sorted(counts) == sorted(find_model(MIXED, app="text").instance_types)
    assert {name: int(each["Count"]) for name, each in counts.items()} == {
        name: count_accelerators(name) for name in counts
    }


def test_fall_backs_are_pools_with_a_specification_for_each_type_that_differs() -> None:
    same = {"fallback_instance_types": ("ml.g5.4xlarge",)}
    assert "Specification" in properties("InferenceComponent", **same)
    (variant,) = properties("EndpointConfig", **same)["ProductionVariants"]
    assert [each["InstanceType"] for each in variant["InstancePools"]] == [{"Ref": "InstanceType"}, "ml.g5.4xlarge"]
    differing = {"model": MIXED, "fallback_instance_types": ("ml.g5.12xlarge",)}
    specifications = properties("InferenceComponent", **differing)["Specifications"]
    assert [each["InstanceType"] for each in specifications] == [{"Ref": "InstanceType"}, "ml.g5.12xlarge"]
    assert specifications[1]["ComputeResourceRequirements"]["NumberOfAcceleratorDevicesRequired"] == 4


def test_one_refused_request_is_enough_to_wake_it_and_never_adds_a_second_copy() -> None:
    alarm, policy = properties("WakeAlarm"), properties("WakePolicy")["StepScalingPolicyConfiguration"]
    assert (alarm["MetricName"], alarm["Statistic"], alarm["Period"]) == ("NoCapacityInvocationFailures", "Sum", 60)
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("GreaterThanOrEqualToThreshold", 1)
    assert alarm["AlarmActions"] == [{"Ref": "WakePolicy"}]
    assert [each["Name"] for each in alarm["Dimensions"]] == ["InferenceComponentName"]
    assert policy["AdjustmentType"] == "ExactCapacity"
    assert policy["StepAdjustments"] == [{"MetricIntervalLowerBound": 0, "ScalingAdjustment": 1}]


def test_it_falls_asleep_after_the_minutes_chosen_and_never_while_it_wakes() -> None:
    alarm, policy = properties("IdleAlarm"), properties("SleepPolicy")["StepScalingPolicyConfiguration"]
    assert alarm["EvaluationPeriods"] == {"Ref": "IdleMinutes"}
    assert (alarm["MetricName"], alarm["TreatMissingData"]) == ("ConcurrentRequestsPerCopy", "notBreaching")
    assert alarm["AlarmActions"] == [{"Ref": "SleepPolicy"}]
    assert policy["StepAdjustments"] == [{"MetricIntervalUpperBound": 0, "ScalingAdjustment": 0}]
    assert template()["Parameters"]["IdleMinutes"]["MaxValue"] == 15
    assert properties("ScalableTarget")["MinCapacity"] == 0


def test_the_function_may_call_and_wake_this_component_alone() -> None:
    policy = properties("GenAILambdaFunctionRole")["Policies"][0]["PolicyDocument"]["Statement"]
    granted = {
        action: [each["Fn::Sub"][0].rpartition(":")[2] for each in statement["Resource"]]
        for statement in policy
        for action in statement["Action"]
        if action.startswith("sagemaker:")
    }
    assert granted == {
        "sagemaker:InvokeEndpoint": ["endpoint/${Name}", "inference-component/${Name}"],
        "sagemaker:UpdateInferenceComponentRuntimeConfig": ["inference-component/${Name}"],
        "sagemaker:DescribeInferenceComponent": ["inference-component/${Name}"],
    }


def test_the_container_logs_where_components_do() -> None:
    role = json.dumps(properties("EndpointRole"))
    assert "log-group:/aws/sagemaker/InferenceComponents/*" in role
    assert "log-group:/aws/sagemaker/Endpoints/*" in role


def test_a_region_without_inference_components_is_refused_before_anything_is_made() -> None:
    (assertion,) = template()["Rules"]["RegionHasInferenceComponents"]["Assertions"]
    regions, region = assertion["Assert"]["Fn::Contains"]
    assert region == {"Ref": "AWS::Region"}
    assert regions == regions_with(INFERENCE_COMPONENT)
    assert "eu-west-3" not in regions


def test_the_regions_are_those_whose_schemas_have_all_that_it_takes() -> None:
    kinds = [INFERENCE_COMPONENT, "AWS::SageMaker::Endpoint", "AWS::CloudFront::Distribution"]
    found = [name for name in REGIONS if set(kinds) <= set(PROVIDER_SCHEMA_MANAGER.get_resource_types(name))]
    # The isolated regions and the European Sovereign Cloud have not been looked at.
    assert regions_with(INFERENCE_COMPONENT) == sorted(name for name in found if not re.search("iso|eusc", name))


def test_it_is_without_a_finding_in_each_region_that_it_is_offered_in(tmp_path: Path) -> None:
    text = TextStack(hosting=Hosting.SCALE_TO_ZERO).to_json()
    assert lint_templates({"text": text}, regions=regions_with(INFERENCE_COMPONENT), cache_dir=tmp_path) == ()


def test_an_instance_type_whose_accelerators_are_not_known_is_named() -> None:
    with pytest.raises(InvalidOption, match=r"ml\.t3\.large has is not known"):
        count_accelerators("ml.t3.large")
