"""Both stacks, created through a change set, as CloudFormation tells it afterwards."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.lifecycle.deployment import ENDPOINT, Deployment


@pytest.fixture(params=["text", "image"])
def stack(request: pytest.FixtureRequest) -> Deployment:
    deployment: Deployment = request.getfixturevalue(request.param)
    return deployment


def test_every_resource_whose_condition_holds_is_there(stack: Deployment) -> None:
    declared = {
        logical_id
        for logical_id, resource in json.loads(stack.template)["Resources"].items()
        if resource.get("Condition") != "AlarmEmailIsGiven"  # no address was given
    }
    assert set(stack.resources) == declared


def test_nothing_failed_on_the_way(stack: Deployment) -> None:
    assert [event for event in stack.events if "FAILED" in event["ResourceStatus"]] == []


def test_outputs_name_what_was_created(stack: Deployment) -> None:
    outputs, resources = stack.outputs, stack.resources
    assert outputs["EndpointName"] == ENDPOINT
    assert outputs["SiteBucketName"] == resources["SiteBucket"]
    assert outputs["ApiGatewayUrl"] == f"https://{resources['ApiGateway']}.execute-api.us-east-1.amazonaws.com/prod"
    assert outputs["ApplicationUrl"] == f"https://{outputs['CloudFrontDistributionDomain']}/"


def test_other_stacks_can_import_the_outputs(stack: Deployment) -> None:
    exports = {each["Name"]: each["Value"] for each in stack.aws.cloudformation.list_exports()["Exports"]}
    for name in ("ApiGatewayUrl", "CloudFrontDistributionDomain", "EndpointName"):
        assert exports[f"{stack.name}-{name}"] == stack.outputs[name]


def test_every_bucket_is_private_and_encrypted(stack: Deployment) -> None:
    s3 = stack.aws.s3
    buckets = [physical for logical, physical in stack.resources.items() if logical.endswith("Bucket")]
    assert len(buckets) >= 2
    for bucket in buckets:
        rules = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
        assert rules[0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
        block = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
        assert all(block.values())


def test_jobs_expire_and_can_be_recovered(image: Deployment) -> None:
    table = image.resources["JobTable"]
    expiry = image.aws.dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
    assert (expiry["AttributeName"], expiry["TimeToLiveStatus"]) == ("expires_at", "ENABLED")
    backups = image.aws.dynamodb.describe_continuous_backups(TableName=table)["ContinuousBackupsDescription"]
    assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"


def test_functions_log_to_their_own_groups_for_as_long_as_was_chosen(stack: Deployment) -> None:
    groups = {
        each["logGroupName"]: each.get("retentionInDays")
        for page in stack.aws.logs.get_paginator("describe_log_groups").paginate()
        for each in page["logGroups"]
    }
    functions = [physical for logical, physical in stack.resources.items() if logical.endswith("Function")]
    assert functions
    for function in functions:
        logging = stack.aws.lambda_.get_function_configuration(FunctionName=function)["LoggingConfig"]
        assert logging["LogFormat"] == "JSON"
        assert groups[logging["LogGroup"]] == 30


def test_a_stack_without_its_artifacts_is_rolled_back(make_deployment: Callable[..., Deployment]) -> None:
    deployment = make_deployment("text", LambdaS3Key="nothing/here.zip")
    assert deployment.create() == "ROLLBACK_COMPLETE"
    reasons = [event.get("ResourceStatusReason", "") for event in deployment.events]
    assert any("NoSuchKey" in reason and "nothing/here.zip" in reason for reason in reasons)
