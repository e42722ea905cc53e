"""Web ACLs of the emulated AWS: what WAF refuses of them, and the order in which they come and go."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from botocore.exceptions import ClientError

from genai_templates.local import EmulatedStack, Emulator
from genai_templates.local.ministack_patches.web_acl_checks import checked_web_acl
from tests.lifecycle.stacks import failure_of

_NUMBERS = count(1)
SEEN = {"SampledRequestsEnabled": False, "CloudWatchMetricsEnabled": False, "MetricName": "x"}
COMMON = "AWSManagedRulesCommonRuleSet"
UNCHANGED = [{"Priority": 0, "Type": "NONE"}]


def rule(name: str = "one", priority: int = 0, **more: Any) -> dict[str, Any]:
    return {"Name": name, "Priority": priority, "VisibilityConfig": SEEN, **more}


def group(**more: Any) -> dict[str, Any]:
    return {"ManagedRuleGroupStatement": {"VendorName": "AWS", "Name": COMMON, **more}}


def rate(**more: Any) -> dict[str, Any]:
    return {"RateBasedStatement": {"Limit": 100, "AggregateKeyType": "IP", **more}}


def path(text: str) -> dict[str, Any]:
    return {
        "ByteMatchStatement": {
            "FieldToMatch": {"UriPath": {}},
            "PositionalConstraint": "EXACTLY",
            "SearchString": text,
            "TextTransformations": UNCHANGED,
        }
    }


def acl(*rules: dict[str, Any], scope: str = "REGIONAL", **more: Any) -> dict[str, Any]:
    return {"Scope": scope, "DefaultAction": {"Allow": {}}, "VisibilityConfig": SEEN, "Rules": list(rules), **more}


BLOCK: dict[str, Any] = {"Action": {"Block": {}}}
KEEP: dict[str, Any] = {"OverrideAction": {"None": {}}}


@pytest.mark.parametrize(
    ("rules", "reason"),
    [
        ([rule(Statement=group(), **BLOCK)], "OverrideAction"),
        ([rule(Statement=path("/"), **KEEP)], "OverrideAction"),
        ([rule(Statement=rate(Limit=9), **BLOCK)], "10"),
        ([rule(Statement=rate(EvaluationWindowSec=30), **BLOCK)], "EvaluationWindowSec"),
        ([rule(Statement=rate(AggregateKeyType="FORWARDED_IP"), **BLOCK)], "ForwardedIPConfig"),
        ([rule(Statement={"NotStatement": {"Statement": rate()}}, **BLOCK)], "cannot be nested"),
        ([rule(Statement={"OrStatement": {"Statements": [path("/")]}}, **BLOCK)], "two statements"),
        (
            [rule(Statement=group(RuleActionOverrides=[{"Name": "Bogus", "ActionToUse": {"Count": {}}}]), **KEEP)],
            "Bogus",
        ),
        (
            [
                rule(
                    Statement=path("/"),
                    Action={"Block": {"CustomResponse": {"ResponseCode": 403, "CustomResponseBodyKey": "k"}}},
                )
            ],
            "k",
        ),
        ([rule(Statement=path("/"), **BLOCK), rule("two", Statement=path("/"), **BLOCK)], "same Priority"),
        ([rule(Statement=path("/"), **BLOCK), rule(priority=1, Statement=path("/"), **BLOCK)], "same Name"),
        ([rule(str(each), each, Statement=group(), **KEEP) for each in range(8)], "capacity"),
        ([rule(Statement={"GeoMatchStatement": {"CountryCodes": ["AQ"]}}, **BLOCK)], "GeoMatchStatement"),
    ],
)
def test_a_web_acl_that_waf_or_the_emulator_would_not_take_is_refused(rules: list[Any], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        checked_web_acl({**acl(*rules), "Name": "x"}, operation="CreateWebACL")


@pytest.fixture
def stack_of(emulator: Emulator) -> Callable[..., EmulatedStack]:
    """Make a stack of these resources, each its type and properties."""

    def make(**resources: tuple[str, dict[str, Any]]) -> EmulatedStack:
        made = {name: {"Type": kind, "Properties": properties} for name, (kind, properties) in resources.items()}
        return EmulatedStack(json.dumps({"Resources": made}), f"walls-{next(_NUMBERS)}", emulator=emulator)

    return make


ACL_ARN = {"Fn::GetAtt": ["Acl", "Arn"]}


def reason_of(stack: EmulatedStack) -> str:
    failure_of(stack.create)
    return next(event.reason for event in stack.events if event.status == "CREATE_FAILED")


def test_a_stage_has_to_be_there_before_its_web_acl(stack_of: Callable[..., EmulatedStack]) -> None:
    stage = "arn:aws:apigateway:us-east-1::/restapis/a1b2c3d4e5/stages/prod"
    association = ("AWS::WAFv2::WebACLAssociation", {"ResourceArn": stage, "WebACLArn": ACL_ARN})
    assert "doesn't exist" in reason_of(stack_of(Acl=("AWS::WAFv2::WebACL", acl()), Association=association))


@pytest.mark.parametrize(
    ("name", "destination"),
    [
        ("aws-waf-logs-starred", {"Fn::GetAtt": ["Group", "Arn"]}),
        ("other-logs", {"Fn::Sub": "arn:aws:logs:${AWS::Region}:${AWS::AccountId}:log-group:${Group}"}),
    ],
)
def test_logs_go_to_a_group_of_the_right_name_by_its_bare_arn(
    stack_of: Callable[..., EmulatedStack], name: str, destination: dict[str, Any]
) -> None:
    logging = {"ResourceArn": ACL_ARN, "LogDestinationConfigs": [destination]}
    stack = stack_of(
        Acl=("AWS::WAFv2::WebACL", acl()),
        Group=("AWS::Logs::LogGroup", {"LogGroupName": name}),
        Logging=("AWS::WAFv2::LoggingConfiguration", logging),
    )
    assert "The ARN isn't valid" in reason_of(stack)


def test_waf_makes_a_policy_for_its_logs_where_there_is_none_and_leaves_it(
    stack_of: Callable[..., EmulatedStack],
) -> None:
    destination = {"Fn::Sub": "arn:aws:logs:${AWS::Region}:${AWS::AccountId}:log-group:${Group}"}
    stack = stack_of(
        Acl=("AWS::WAFv2::WebACL", acl()),
        Group=("AWS::Logs::LogGroup", {"LogGroupName": "aws-waf-logs-own"}),
        Logging=("AWS::WAFv2::LoggingConfiguration", {"ResourceArn": ACL_ARN, "LogDestinationConfigs": [destination]}),
    )
    stack.create()
    stack.delete()
    logs = stack.client("logs")
    (left,) = logs.describe_resource_policies()["resourcePolicies"]
    assert left["policyName"] == "AWSLogDeliveryWrite20150319"
    logs.delete_resource_policy(policyName=left["policyName"])


def test_a_web_acl_of_a_distribution_is_not_deleted_before_it(emulator: Emulator) -> None:
    waf, cloudfront = emulator.client("wafv2"), emulator.client("cloudfront")
    made = waf.create_web_acl(Name="used", **acl(scope="CLOUDFRONT"))["Summary"]
    origin = {
        "Id": "o",
        "DomainName": "example.com",
        "CustomOriginConfig": {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only"},
    }
    cloudfront.create_distribution(
        DistributionConfig={
            "CallerReference": "walled",
            "Comment": "",
            "Enabled": True,
            "WebACLId": made["ARN"],
            "Origins": {"Quantity": 1, "Items": [origin]},
            "DefaultCacheBehavior": {
                "TargetOriginId": "o",
                "ViewerProtocolPolicy": "allow-all",
                "CachePolicyId": "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
            },
        }
    )
    with pytest.raises(ClientError, match="WAFAssociatedItemException"):
        waf.delete_web_acl(Name="used", Scope="CLOUDFRONT", Id=made["Id"], LockToken=made["LockToken"])
