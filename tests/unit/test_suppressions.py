"""What scanners find and is argued: one rule on one resource, with a reason, and only while it is needed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from troposphere import Template, iam

from genai_templates import Encryption, FunctionNetwork, Hosting, ImageStack, Scope, TextStack
from genai_templates.stacks.base import Stack
from genai_templates.suppressions import guard_reasons

STACKS: dict[str, Stack] = {
    "text": TextStack(),
    "image": ImageStack(),
    "existing": TextStack(hosting=Hosting.EXISTING),
    "native": TextStack(hosting=Hosting.NATIVE),
    "key": ImageStack(encryption=Encryption.CUSTOMER_KEY),
    "private": ImageStack(function_network=FunctionNetwork.PRIVATE),
}


def suppressions(stack: Stack) -> Iterator[tuple[str, str, str, str]]:
    """Give resource, rule, what of it, and the reason."""
    reasons = guard_reasons()
    for name, resource in stack.template.to_dict()["Resources"].items():
        metadata: dict[str, Any] = resource.get("Metadata", {})
        for each in metadata.get("cdk_nag", {}).get("rules_to_suppress", ()):
            yield name, each["id"], str(each.get("applies_to", "")), each["reason"]
        for each in metadata.get("checkov", {}).get("skip", ()):
            yield name, each["id"], "", each["comment"]
        for rule in metadata.get("guard", {}).get("SuppressedRules", ()):
            yield name, rule, "", reasons[resource["Type"], rule]


@pytest.mark.parametrize("kind", STACKS)
def test_each_names_one_rule_of_one_resource_and_has_a_reason(kind: str) -> None:
    found = list(suppressions(STACKS[kind]))
    assert found
    assert len({each[:3] for each in found}) == len(found)
    for resource, rule, detail, reason in found:
        assert "*" not in rule, resource
        assert len(reason.split()) >= 5, (resource, rule)
        if rule == "AwsSolutions-IAM5":
            assert detail.count("Resource::") == 1, detail


@pytest.mark.parametrize("argued", ["CKV_AWS_117", "LAMBDA_INSIDE_VPC", "lambda_inside_vpc_check"])
def test_an_option_that_does_what_a_rule_asks_for_takes_its_suppression_away(argued: str) -> None:
    outside = {name for name, rule, *_ in suppressions(STACKS["image"]) if rule == argued}
    still_outside = {name for name, rule, *_ in suppressions(STACKS["private"]) if rule == argued}
    inside = {"StartProcessFunction", "EndpointCallFunction", "DisplayImageFunction", "MarkJobFailedFunction"}
    assert outside - still_outside == inside


def test_a_suppression_is_for_a_resource_that_is_there() -> None:
    assert not [rule for _, rule, *_ in suppressions(STACKS["existing"]) if rule.startswith("AwsSolutions-SM")]


def test_resources_that_were_on_the_template_before_are_left_alone() -> None:
    template = Template()
    statement = {"Sid": "Own", "Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    policy = iam.Policy(PolicyName="own", PolicyDocument={"Statement": [statement]})
    template.add_resource(iam.Role("Own", AssumeRolePolicyDocument={"Statement": []}, Policies=[policy]))
    TextStack(scope=Scope(template, "Text"))
    assert "Metadata" not in template.resources["Own"].to_dict()
    assert "Metadata" in template.resources["TextGenAILambdaFunction"].to_dict()
