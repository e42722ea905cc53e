"""The image template whose model is scaled to zero: an asynchronous endpoint, what wakes it, and what passes by it."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from genai_templates import Hosting, ImageStack
from genai_templates.packaging.lint import lint_templates
from tests.stacks.test_handler_contract import settings_of
from tests.stacks.test_native_hosting import WITHOUT_TYPES


@cache
def template(**options: Any) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(ImageStack(hosting=Hosting.SCALE_TO_ZERO, **options).to_json())
    return document


def resource(name: str, **options: Any) -> dict[str, Any]:
    found: dict[str, Any] = template(**options)["Resources"][name]
    return found


def properties(name: str, **options: Any) -> dict[str, Any]:
    """Return the properties of a resource."""
    found: dict[str, Any] = resource(name, **options)["Properties"]
    return found


def grants(role: str) -> dict[str, dict[str, Any]]:
    """Return the statements of a role by their Sids."""
    (policy,) = properties(role)["Policies"]
    return {each["Sid"]: each for each in policy["PolicyDocument"]["Statement"]}


def test_the_endpoint_is_asynchronous_and_tells_of_both_outcomes() -> None:
    config = properties("EndpointConfig")
    assert "EndpointConfigName" not in config
    output = config["AsyncInferenceConfig"]["OutputConfig"]
    assert output["S3OutputPath"] == {"Fn::Sub": "s3://${InferenceBucket}/results/"}
    assert output["S3FailurePath"] == {"Fn::Sub": "s3://${InferenceBucket}/failures/"}
    assert output["NotificationConfig"] == {
        "SuccessTopic": {"Ref": "InferenceSucceeded"},
        "ErrorTopic": {"Ref": "InferenceFailed"},
    }
    (variant,) = config["ProductionVariants"]
    assert "ManagedInstanceScaling" not in variant  # it is for inference components
    assert variant["InitialInstanceCount"] == 1
    assert variant["InstanceType"] == {"Ref": "InstanceType"}


def test_fall_backs_are_pools() -> None:
    (variant,) = properties("EndpointConfig", fallback_instance_types=("ml.g5.4xlarge",))["ProductionVariants"]
    assert [each["InstanceType"] for each in variant["InstancePools"]] == [{"Ref": "InstanceType"}, "ml.g5.4xlarge"]


def test_one_waiting_request_wakes_it() -> None:
    alarm = properties("WakeAlarm")
    expected = {
        "Namespace": "AWS/SageMaker",
        "MetricName": "HasBacklogWithoutCapacity",
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "Threshold": 1,
        "TreatMissingData": "notBreaching",
        "AlarmActions": [{"Ref": "WakePolicy"}],
        "Dimensions": [{"Name": "EndpointName", "Value": properties("Endpoint")["EndpointName"]}],
    }
    assert {name: alarm[name] for name in expected} == expected
    step = properties("WakePolicy")["StepScalingPolicyConfiguration"]
    assert step["StepAdjustments"] == [{"MetricIntervalLowerBound": 0, "ScalingAdjustment": 1}]


def test_the_dashboard_counts_by_a_metric_that_asynchronous_endpoints_have() -> None:
    body, _ = properties("Dashboard")["DashboardBody"]["Fn::Sub"]
    assert '["AWS/SageMaker", "InvocationsProcessed", "EndpointName"' in body
    assert '"Invocations"' not in body


def test_it_scales_to_none_by_its_queue() -> None:
    target = properties("ScalableTarget")
    assert target["ScalableDimension"] == "sagemaker:variant:DesiredInstanceCount"
    assert (target["MinCapacity"], target["MaxCapacity"]) == (0, {"Ref": "MaxInstances"})
    tracking = properties("QueueTracking")["TargetTrackingScalingPolicyConfiguration"]
    assert tracking["CustomizedMetricSpecification"]["MetricName"] == "ApproximateBacklogSizePerInstance"


def test_with_no_instance_at_most_nothing_scales_it() -> None:
    # SageMaker refuses another instance type while Application Auto Scaling has the variant.
    assert template()["Conditions"]["ModelScales"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": "MaxInstances"}, "0"]}]}
    assert template()["Parameters"]["MaxInstances"]["MinValue"] == 0
    for each in ("ScalableTarget", "QueueTracking", "WakePolicy", "WakeAlarm"):
        assert resource(each)["Condition"] == "ModelScales"


def test_the_bucket_goes_after_the_endpoint_that_fills_it_and_forgets_soon() -> None:
    bucket = resource("InferenceBucket")
    assert bucket["DeletionPolicy"] == "RetainExceptOnCreate"
    (rule,) = bucket["Properties"]["LifecycleConfiguration"]["Rules"]
    assert rule["ExpirationInDays"] == 2
    assert properties("InferenceCleaner")["Delete"] == "true"
    assert resource("Endpoint")["DependsOn"] == ["InferenceCleaner"]


@pytest.mark.parametrize("topic", ["InferenceSucceeded", "InferenceFailed"])
def test_a_topic_is_encrypted_takes_tls_alone_and_may_invoke_one_function(topic: str) -> None:
    assert properties(topic)["KmsMasterKeyId"] == "alias/aws/sns"
    (statement,) = properties(f"{topic}Policy")["PolicyDocument"]["Statement"]
    assert (statement["Effect"], statement["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": False}})
    function = {"Fn::GetAtt": ["CompleteJobFunction", "Arn"]}
    assert properties(topic)["Subscription"] == [{"Endpoint": function, "Protocol": "lambda"}]
    permission = properties(f"{topic}Permission")
    assert (permission["Principal"], permission["SourceArn"]) == ("sns.amazonaws.com", {"Ref": topic})


def test_each_role_has_its_own_part_of_the_bucket() -> None:
    def objects(prefix: str) -> list[object]:
        return [{"Fn::Sub": f"${{InferenceBucket.Arn}}/{prefix}*"}]

    images = [{"Fn::Sub": "${ImageBucket.Arn}/generated_images/*"}]
    assert grants("EndpointRole")["ReadObjects"]["Resource"] == objects("requests/")
    assert grants("EndpointRole")["StoreObjects"]["Resource"] == objects("results/") + objects("failures/")
    assert grants("EndpointCallFunctionRole")["StoreObjects"]["Resource"] == objects("requests/")
    assert grants("CompleteJobFunctionRole")["ReadObjects"]["Resource"] == objects("results/")
    # A failure that may pass is handed over again, by the function that is told of it.
    assert grants("CompleteJobFunctionRole")["StoreObjects"]["Resource"] == objects("requests/") + images


def test_what_cannot_be_completed_ends_where_other_failed_jobs_do() -> None:
    retries = properties("CompletionRetries")
    assert retries["FunctionName"] == {"Ref": "CompleteJobFunction"}
    assert retries["MaximumRetryAttempts"] == 2
    assert retries["MaximumEventAgeInSeconds"] == 3600  # a job's longest wait may be shorter than the second retry is
    assert retries["DestinationConfig"] == properties("ProcessRetries")["DestinationConfig"]


@pytest.mark.parametrize("function", ["EndpointCallFunction", "CompleteJobFunction", "DisplayImageFunction"])
def test_a_function_gets_the_settings_that_its_modules_have_and_no_others(function: str) -> None:
    found = properties(function)
    environment = found["Environment"]["Variables"]
    hosting = [environment[each] for each in ("MODEL_HOST", "MODEL_STATUS") if each in environment]
    modules = [found["Handler"].rpartition(".")[0], *(f"handlers.common.hosting.{each}" for each in hosting)]
    known = {field.upper() for module in modules for field in settings_of(module)}
    assert (
        known - {field.upper() for each in modules for field in settings_of(each, optional=True)}
        <= set(environment)
        <= known
    )


def test_its_time_limits_are_within_sagemakers() -> None:
    limits = {name: template()["Parameters"][name] for name in ("RequestTimeToLive", "InvocationTimeout")}
    ranges = {name: (each["MinValue"], each["MaxValue"]) for name, each in limits.items()}
    assert ranges == {"RequestTimeToLive": (900, 21_600), "InvocationTimeout": (60, 3600)}


def test_lint_finds_nothing_in_every_region_that_has_the_model(tmp_path: Path) -> None:
    document = template()
    (rule,) = [each for name, each in document["Rules"].items() if name == "RegionHasModel"]
    regions = rule["Assertions"][0]["Assert"]["Fn::Contains"][0]
    offered = sorted(set(regions) - WITHOUT_TYPES)
    assert len(offered) > 20
    assert lint_templates({"image": json.dumps(document)}, regions=offered, cache_dir=tmp_path) == ()
