"""The model in the VPC: where each hosting says so, and how it comes to its artifacts there."""

from __future__ import annotations

import json
from typing import Any

import pytest

from genai_templates import FunctionNetwork, Hosting, ImageStack, TextStack
from genai_templates.errors import InvalidOption
from genai_templates.stacks.base import Stack

SUBNETS = [{"Ref": "PrivateSubnet"}, {"Ref": "PrivateSubnetTwo"}]
GROUPS = [{"Ref": "ModelSecurityGroup"}]
PLACE = {"Subnets": SUBNETS, "SecurityGroupIds": GROUPS}
AFTER = {"S3Endpoint", "PrivateSubnetAssociation", "PrivateSubnetTwoAssociation"}


def resources(stack: type[Stack], hosting: Hosting, network: FunctionNetwork) -> dict[str, Any]:
    document = json.loads(stack(hosting=hosting, function_network=network, model_in_vpc=True).to_json())
    return dict(document["Resources"])


@pytest.mark.parametrize(
    ("stack", "hosting", "placed", "elsewhere"),
    [
        (TextStack, Hosting.NATIVE, "Model", "EndpointConfig"),
        (ImageStack, Hosting.NATIVE, "Model", "EndpointConfig"),
        (ImageStack, Hosting.SCALE_TO_ZERO, "Model", "EndpointConfig"),
        (TextStack, Hosting.SCALE_TO_ZERO, "EndpointConfig", "Model"),  # an inference component's
    ],
)
def test_the_model_is_in_the_private_subnets_once_it_can_reach_its_artifacts(
    stack: type[Stack], hosting: Hosting, placed: str, elsewhere: str
) -> None:
    found = resources(stack, hosting, FunctionNetwork.PRIVATE)
    assert found[placed]["Properties"]["VpcConfig"] == PLACE
    assert set(found[placed]["DependsOn"]) >= AFTER
    assert "VpcConfig" not in found[elsewhere]["Properties"]


def test_the_notebook_deploys_the_model_into_the_private_subnets_and_the_janitor_keeps_it_there() -> None:
    found = resources(TextStack, Hosting.NOTEBOOK, FunctionNetwork.PRIVATE)
    assert found["ModelJanitor"]["Properties"]["VpcConfig"] == PLACE
    assert set(found["NotebookInstance"]["DependsOn"]) >= AFTER
    hook = found["NotebookLifecycle"]["Properties"]["OnCreate"][0]["Content"]["Fn::Base64"]["Fn::Sub"]
    assert '"subnets": "${Subnets}"' in hook[0]
    assert hook[1]["Subnets"] == {"Fn::Join": [",", SUBNETS]}
    assert hook[1]["SecurityGroups"] == {"Fn::Join": [",", GROUPS]}


@pytest.mark.parametrize("hosting", [Hosting.NOTEBOOK, Hosting.NATIVE, Hosting.SCALE_TO_ZERO])
@pytest.mark.parametrize("stack", [TextStack, ImageStack])
def test_the_models_role_may_join_the_vpc_and_gets_its_artifacts_through_the_endpoint_of_s3(
    stack: type[Stack], hosting: Hosting
) -> None:
    found = resources(stack, hosting, FunctionNetwork.PRIVATE)
    statements = found["EndpointRole"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
    own = {each["Sid"]: each for each in statements}
    assert "ec2:CreateNetworkInterfacePermission" in own["JoinVpc"]["Action"]
    through = found["S3Endpoint"]["Properties"]["PolicyDocument"]["Statement"]
    role = {"Fn::GetAtt": ["EndpointRole", "Arn"]}
    allowed = [
        (each["Action"], each["Resource"])
        for each in through
        if role in each.get("Condition", {}).get("ArnEquals", {}).get("aws:PrincipalArn", [])
    ]
    assert (own["ReadArtifacts"]["Action"], own["ReadArtifacts"]["Resource"]) in allowed
    assert any("starport-layer-bucket" in json.dumps(each["Resource"]) for each in through)


def test_no_endpoint_but_that_of_s3_takes_calls_of_the_model() -> None:
    found = resources(ImageStack, Hosting.NATIVE, FunctionNetwork.PRIVATE)
    (rule,) = found["EndpointSecurityGroup"]["Properties"]["SecurityGroupIngress"]
    assert rule["SourceSecurityGroupId"] == {"Fn::GetAtt": ["PrivateSecurityGroup", "GroupId"]}


def test_in_an_existing_network_the_model_is_where_the_functions_are() -> None:
    found = resources(TextStack, Hosting.NATIVE, FunctionNetwork.EXISTING)
    functions = found["GenAILambdaFunction"]["Properties"]["VpcConfig"]
    assert found["Model"]["Properties"]["VpcConfig"] == {
        "Subnets": functions["SubnetIds"],
        "SecurityGroupIds": functions["SecurityGroupIds"],
    }
    assert "DependsOn" not in found["Model"]


def test_a_model_that_is_not_the_stacks_own_cannot_be_placed() -> None:
    with pytest.raises(InvalidOption, match="`model_in_vpc` is for a model that the stack deploys"):
        TextStack(hosting=Hosting.BEDROCK, function_network=FunctionNetwork.PRIVATE, model_in_vpc=True)
