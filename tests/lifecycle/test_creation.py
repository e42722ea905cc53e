"""Both stacks, created through a change set, as CloudFormation tells it afterwards."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from genai_templates.local import EmulatedStack
from genai_templates.local.stack_inputs import EXISTING_ENDPOINT as ENDPOINT
from genai_templates.local.stack_inputs import read_template
from tests.lifecycle.stacks import failure_of


@pytest.fixture(params=["text", "image"])
def stack(request: pytest.FixtureRequest) -> EmulatedStack:
    stack: EmulatedStack = request.getfixturevalue(request.param)
    return stack


def test_every_resource_whose_condition_holds_is_there(stack: EmulatedStack) -> None:
    declared = {
        logical_id
        for logical_id, resource in json.loads(read_template(stack.template))["Resources"].items()
        if resource.get("Condition") != "AlarmEmailIsGiven"  # no address was given
    }
    assert set(stack.resources) == declared


def test_nothing_failed_on_the_way(stack: EmulatedStack) -> None:
    assert [event for event in stack.events if "FAILED" in event.status] == []


def test_outputs_name_what_was_created(stack: EmulatedStack) -> None:
    outputs, resources = stack.outputs, stack.resources
    assert outputs["EndpointName"] == ENDPOINT
    assert outputs["SiteBucketName"] == resources["SiteBucket"]
    assert outputs["ApiGatewayUrl"] == f"https://{resources['ApiGateway']}.execute-api.us-east-1.amazonaws.com/prod"
    assert outputs["ApplicationUrl"] == f"https://{outputs['CloudFrontDistributionDomain']}/"


def test_other_stacks_can_import_the_outputs(stack: EmulatedStack) -> None:
    exports = {each["Name"]: each["Value"] for each in stack.client("cloudformation").list_exports()["Exports"]}
    for name in ("ApiGatewayUrl", "CloudFrontDistributionDomain", "EndpointName"):
        assert exports[f"{stack.name}-{name}"] == stack.outputs[name]


def test_every_bucket_is_private_and_encrypted(stack: EmulatedStack) -> None:
    s3 = stack.client("s3")
    buckets = [physical for logical, physical in stack.resources.items() if logical.endswith("Bucket")]
    assert len(buckets) >= 2
    for bucket in buckets:
        rules = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
        assert rules[0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
        block = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
        assert all(block.values())


def test_jobs_expire_and_can_be_recovered(image: EmulatedStack) -> None:
    table = image.resources["JobTable"]
    expiry = image.client("dynamodb").describe_time_to_live(TableName=table)["TimeToLiveDescription"]
    assert (expiry["AttributeName"], expiry["TimeToLiveStatus"]) == ("expires_at", "ENABLED")
    backups = image.client("dynamodb").describe_continuous_backups(TableName=table)["ContinuousBackupsDescription"]
    assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"


def test_functions_log_to_their_own_groups_for_as_long_as_was_chosen(stack: EmulatedStack) -> None:
    groups = {
        each["logGroupName"]: each.get("retentionInDays")
        for page in stack.client("logs").get_paginator("describe_log_groups").paginate()
        for each in page["logGroups"]
    }
    functions = [physical for logical, physical in stack.resources.items() if logical.endswith("Function")]
    assert functions
    for function in functions:
        logging = stack.client("lambda").get_function_configuration(FunctionName=function)["LoggingConfig"]
        assert logging["LogFormat"] == "JSON"
        assert groups[logging["LogGroup"]] == 30


def test_a_stack_without_its_artifacts_is_rolled_back(make_stack: Callable[..., EmulatedStack]) -> None:
    stack = make_stack("text", LambdaS3Key="nothing/here.zip")
    assert failure_of(stack.create).status == "ROLLBACK_COMPLETE"
    reasons = [event.reason for event in stack.events]
    assert any("NoSuchKey" in reason and "nothing/here.zip" in reason for reason in reasons)
