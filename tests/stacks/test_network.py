"""Functions in the VPC reach every service that their roles let them call."""

from __future__ import annotations

import json
from typing import Any

import pytest

from genai_templates import FunctionNetwork, ImageStack, TextStack
from genai_templates.components.network import INTERFACE_SERVICES

Template = dict[str, Any]

# The PrivateLink services behind an action: by its prefix, or by itself where one prefix has two services.
SERVICE_OF_ACTION = {
    "sagemaker:InvokeEndpoint": "sagemaker.runtime",
    "sagemaker": "sagemaker.api",
    "lambda": "lambda",
    "logs": "logs",
    "xray": "xray",
    "dynamodb": "dynamodb",
    "s3": "s3",
}
# Lambda itself does these on the function's behalf, from outside of the VPC.
BY_LAMBDA_ITSELF = ("ec2:", "sqs:")


def private(build: type[TextStack] | type[ImageStack]) -> Template:
    template: Template = json.loads(build(function_network=FunctionNetwork.PRIVATE).to_json())
    return template


def reachable(template: Template) -> set[str]:
    """Return the services with an endpoint in the private subnet or its route table."""
    return {
        each["Properties"]["ServiceName"]["Fn::Sub"].removeprefix("com.amazonaws.${AWS::Region}.")
        for each in template["Resources"].values()
        if each["Type"] == "AWS::EC2::VPCEndpoint"
    }


def called(template: Template, function: dict[str, Any]) -> set[str]:
    """Return the services that the function's role lets it call."""
    role = template["Resources"][function["Properties"]["Role"]["Fn::GetAtt"][0]]
    actions = [
        action
        for policy in role["Properties"]["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
        for action in statement["Action"]
        if not action.startswith(BY_LAMBDA_ITSELF)
    ]
    return {SERVICE_OF_ACTION.get(action) or SERVICE_OF_ACTION[action.split(":")[0]] for action in actions}


@pytest.mark.parametrize("build", [TextStack, ImageStack])
def test_every_service_that_a_function_in_the_vpc_calls_is_reachable(
    build: type[TextStack] | type[ImageStack],
) -> None:
    template = private(build)
    inside = [
        each
        for each in template["Resources"].values()
        if each["Type"] == "AWS::Lambda::Function" and "VpcConfig" in each["Properties"]
    ]
    assert inside
    for function in inside:
        assert called(template, function) <= reachable(template), function["Properties"]["Handler"]


@pytest.mark.parametrize("build", [TextStack, ImageStack])
def test_no_interface_endpoint_is_paid_for_that_nothing_calls(build: type[TextStack] | type[ImageStack]) -> None:
    template = private(build)
    needed = {
        service
        for each in template["Resources"].values()
        if each["Type"] == "AWS::Lambda::Function" and "VpcConfig" in each["Properties"]
        for service in called(template, each)
    }
    assert reachable(template) & set(INTERFACE_SERVICES.values()) <= needed


@pytest.mark.parametrize("build", [TextStack, ImageStack])
def test_functions_stay_out_of_the_vpc_unless_asked(build: type[TextStack] | type[ImageStack]) -> None:
    assert '"VpcConfig"' not in build().to_json()
