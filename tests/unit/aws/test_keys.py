"""The keys of a stack's API are read where they are: in its usage plan."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from genai_templates.aws.cloudformation.stacks import StackDescription
from genai_templates.aws.keys import Key, read_keys
from genai_templates.errors import AwsError
from tests.unit.aws.stubbed_account import StubbedAccount

NOW = datetime(2026, 1, 1, tzinfo=UTC)
STACK = StackDescription("arn:stack", "genai-text", "CREATE_COMPLETE", "", NOW, None, "")


def expect_resources(account: StubbedAccount, *found: tuple[str, str, str]) -> None:
    resources = [
        {
            "LogicalResourceId": logical_id,
            "PhysicalResourceId": physical_id,
            "ResourceType": kind,
            "ResourceStatus": "CREATE_COMPLETE",
            "LastUpdatedTimestamp": NOW,
        }
        for logical_id, kind, physical_id in found
    ]
    account.expect(
        "cloudformation", "list_stack_resources", {"StackResourceSummaries": resources}, StackName="arn:stack"
    )


def test_every_key_of_the_usage_plan_is_read(account: StubbedAccount) -> None:
    expect_resources(
        account, ("ApiKey", "AWS::ApiGateway::ApiKey", "k1"), ("ApiUsagePlan", "AWS::ApiGateway::UsagePlan", "p1")
    )
    account.expect(
        "apigateway", "get_usage_plan_keys", {"items": [{"id": "k1"}, {"id": "k2", "name": "ours"}]}, usagePlanId="p1"
    )
    for key_id, enabled in (("k1", True), ("k2", False)):
        found = {"id": key_id, "name": f"name of {key_id}", "value": f"value of {key_id}", "enabled": enabled}
        account.expect("apigateway", "get_api_key", found, apiKey=key_id, includeValue=True)
    assert read_keys(account, STACK) == [
        Key("k1", "name of k1", "value of k1", True),
        Key("k2", "name of k2", "value of k2", False),
    ]


def test_a_stack_without_a_usage_plan_has_no_keys(account: StubbedAccount) -> None:
    expect_resources(account, ("ApiGateway", "AWS::ApiGateway::RestApi", "a1"))
    with pytest.raises(AwsError, match="build it with --auth api-key"):
        read_keys(account, STACK)


def test_the_key_of_a_distribution_is_nobody_elses(account: StubbedAccount) -> None:
    expect_resources(account, ("DistributionUsagePlan", "AWS::ApiGateway::UsagePlan", "p1"))
    with pytest.raises(AwsError, match="no usage plan for callers"):
        read_keys(account, STACK)


def test_of_two_applications_each_key_of_a_caller_is_read(account: StubbedAccount) -> None:
    expect_resources(
        account,
        ("ImageDistributionUsagePlan", "AWS::ApiGateway::UsagePlan", "p1"),
        ("TextApiUsagePlan", "AWS::ApiGateway::UsagePlan", "p2"),
    )
    account.expect("apigateway", "get_usage_plan_keys", {"items": [{"id": "k"}]}, usagePlanId="p2")
    found = {"id": "k", "name": "n", "value": "v", "enabled": True}
    account.expect("apigateway", "get_api_key", found, apiKey="k", includeValue=True)
    assert read_keys(account, STACK) == [Key("k", "n", "v", True)]
