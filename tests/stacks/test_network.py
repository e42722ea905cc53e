"""Functions, and by choice the model, in a VPC: they reach what their roles let them use, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from genai_templates import FunctionNetwork, Hosting, ImageStack, TextStack
from genai_templates.stacks.base import Stack

Template = dict[str, Any]

# The PrivateLink services behind an action: by its prefix, or by itself where one prefix has two services.
SERVICE_OF_ACTION = {
    "sagemaker:InvokeEndpoint": "sagemaker.runtime",
    "sagemaker:InvokeEndpointAsync": "sagemaker.runtime",
    "sagemaker": "sagemaker.api",
    "bedrock": "bedrock-runtime",
    "lambda": "lambda",
    "xray": "xray",
    "dynamodb": "dynamodb",
    "s3": "s3",
}
# Lambda itself does these on the function's behalf, from outside of the VPC.
BY_LAMBDA_ITSELF = ("ec2:", "logs:", "sqs:")
GATEWAYS = {"dynamodb", "s3"}
BUILDS: dict[str, Stack] = {
    f"{stack.app}-{hosting.value}": stack(hosting=hosting, function_network=FunctionNetwork.PRIVATE)
    for stack in (TextStack, ImageStack)
    for hosting in (Hosting.EXISTING, Hosting.SCALE_TO_ZERO, Hosting.BEDROCK)
}
private = pytest.mark.parametrize("name", sorted(BUILDS))


def document(stack: Stack) -> Template:
    template: Template = json.loads(stack.to_json())
    return template


def of_type(template: Template, kind: str) -> dict[str, dict[str, Any]]:
    """Return the properties of all resources of a type by their logical ids."""
    return {name: each["Properties"] for name, each in template["Resources"].items() if each["Type"] == kind}


def endpoints(template: Template) -> dict[str, dict[str, Any]]:
    """Return the properties of all VPC endpoints by the name of the service."""
    named = of_type(template, "AWS::EC2::VPCEndpoint").values()
    return {each["ServiceName"]["Fn::Sub"].removeprefix("com.amazonaws.${AWS::Region}."): each for each in named}


def grants(template: Template, role: str) -> Iterator[tuple[str, str, str]]:
    """Yield the role, each action that it may do in the VPC, and each resource, as text."""
    for policy in template["Resources"][role]["Properties"]["Policies"]:
        for statement in policy["PolicyDocument"]["Statement"]:
            for action in statement["Action"]:
                if not action.startswith(BY_LAMBDA_ITSELF):
                    resources = statement["Resource"]
                    for resource in resources if isinstance(resources, list) else [resources]:
                        yield role, action, json.dumps(resource, sort_keys=True)


def granted_inside(template: Template) -> set[tuple[str, str, str]]:
    """Return the grants of all functions in the VPC."""
    functions = of_type(template, "AWS::Lambda::Function").values()
    roles = [each["Role"]["Fn::GetAtt"][0] for each in functions if "VpcConfig" in each]
    assert roles
    return {grant for role in roles for grant in grants(template, role)}


def let_through(template: Template) -> set[tuple[str, str, str]]:
    """Return what the endpoints let through, as grants of the roles that they name."""
    return {
        (arn["Fn::GetAtt"][0], action, json.dumps(resource, sort_keys=True))
        for endpoint in endpoints(template).values()
        for statement in endpoint["PolicyDocument"]["Statement"]
        for arn in statement["Condition"]["ArnEquals"]["aws:PrincipalArn"]
        for action in statement["Action"]
        for resource in (statement["Resource"] if isinstance(statement["Resource"], list) else [statement["Resource"]])
    }


def service_of(action: str) -> str:
    return SERVICE_OF_ACTION.get(action) or SERVICE_OF_ACTION[action.split(":")[0]]


@private
def test_every_service_that_a_function_in_the_vpc_calls_has_an_endpoint_and_no_other(name: str) -> None:
    template = document(BUILDS[name])
    assert endpoints(template).keys() == {service_of(action) for _, action, _ in granted_inside(template)}


@private
def test_endpoints_let_through_what_the_roles_may_do_and_nothing_else(name: str) -> None:
    template = document(BUILDS[name])
    assert let_through(template) == granted_inside(template)
    for service, endpoint in endpoints(template).items():
        assert len(json.dumps(endpoint["PolicyDocument"])) < 20_480, service  # EC2's limit, and names are shorter


@private
def test_interface_endpoints_are_in_both_zones(name: str) -> None:
    template = document(BUILDS[name])
    subnets = [{"Ref": each} for each in of_type(template, "AWS::EC2::Subnet")]
    assert subnets == [{"Ref": "PrivateSubnet"}, {"Ref": "PrivateSubnetTwo"}]
    for service, endpoint in endpoints(template).items():
        if service in GATEWAYS:
            assert endpoint["RouteTableIds"] == [{"Ref": "PrivateRoutes"}]
        else:
            assert endpoint["SubnetIds"] == subnets, service


def test_nothing_leads_to_the_internet() -> None:
    template = document(BUILDS["image-existing"])
    for kind in ("InternetGateway", "NatGateway", "Route"):
        assert not of_type(template, f"AWS::EC2::{kind}")


@pytest.mark.parametrize("build", [TextStack, ImageStack])
def test_functions_stay_out_of_the_vpc_unless_asked(build: type[TextStack] | type[ImageStack]) -> None:
    assert '"VpcConfig"' not in build().to_json()


def test_in_an_existing_network_there_is_nothing_of_ours_but_a_security_group_if_none_is_given() -> None:
    template = document(ImageStack(function_network=FunctionNetwork.EXISTING))
    ours = {name for name, each in template["Resources"].items() if each["Type"].startswith("AWS::EC2::")}
    assert ours == {"FunctionSecurityGroup"}
    assert template["Resources"]["FunctionSecurityGroup"]["Condition"] == "SecurityGroupIsOwn"
    inside = [each for each in of_type(template, "AWS::Lambda::Function").values() if "VpcConfig" in each]
    assert inside
    for function in inside:
        assert function["VpcConfig"] == {
            "SubnetIds": {"Ref": "SubnetIds"},
            "SecurityGroupIds": {
                "Fn::If": [
                    "SecurityGroupIsOwn",
                    [{"Ref": "FunctionSecurityGroup"}],
                    {"Fn::Split": [",", {"Ref": "SecurityGroupIds"}]},
                ]
            },
        }


def test_flow_logs_go_to_a_group_that_is_kept_as_long_as_the_others_by_a_role_that_writes_to_it_alone() -> None:
    template = document(TextStack(function_network=FunctionNetwork.PRIVATE, flow_logs=True))
    (log,) = of_type(template, "AWS::EC2::FlowLog").values()
    assert (log["ResourceId"], log["TrafficType"]) == ({"Ref": "Vpc"}, "ALL")
    assert template["Resources"]["FlowLogs"]["Properties"]["RetentionInDays"] == {"Ref": "LogRetentionDays"}
    (policy,) = template["Resources"]["FlowLogRole"]["Properties"]["Policies"]
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert statement["Resource"] == [{"Fn::GetAtt": ["FlowLogs", "Arn"]}]
