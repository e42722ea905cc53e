"""Functions and the model in a VPC, of the stack or already there, and a domain of one's own."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from genai_templates import FunctionNetwork, Hosting, ImageStack, TextStack
from genai_templates.local import EmulatedStack, Emulator
from genai_templates.local.existing_parts import make_network
from tests.lifecycle.jobs import PROMPT, made
from tests.lifecycle.stacks import artifact_keys, failure_of

DOMAIN = "genai.example.com"
PRIVATE = ImageStack(hosting=Hosting.NATIVE, function_network=FunctionNetwork.PRIVATE).to_json()
ALL_PRIVATE = ImageStack(
    hosting=Hosting.NATIVE,
    function_network=FunctionNetwork.PRIVATE,
    model_in_vpc=True,
    flow_logs=True,
    own_domain=True,
).to_json()
EXISTING = TextStack(hosting=Hosting.EXISTING, function_network=FunctionNetwork.EXISTING).to_json()


def with_one_subnet(template: str) -> str:
    """Return a template as earlier versions made it: one private subnet, endpoints without policies, a gateway."""
    document = json.loads(template)
    resources = document["Resources"]
    for name in ("PrivateSubnetTwo", "PrivateSubnetTwoAssociation"):
        del resources[name]
    resources["InternetGateway"] = {"Type": "AWS::EC2::InternetGateway"}
    for each in resources.values():
        properties = each.get("Properties", {})
        if each["Type"] == "AWS::EC2::VPCEndpoint":
            del properties["PolicyDocument"]
        place = properties.get("VpcConfig", properties)
        if "SubnetIds" in place:
            place["SubnetIds"] = [{"Ref": "PrivateSubnet"}]
    del document["Rules"]["ZonesAreTwo"], document["Conditions"]["PrivateSubnetTwoZoneIsGiven"], document["Metadata"]
    for name in ("PrivateSubnetTwoZone", "PrivateSubnetTwoCidr"):
        del document["Parameters"][name]
    return json.dumps(document)


@pytest.fixture(scope="module")
def stack_of(make_stack: Callable[..., EmulatedStack]) -> Callable[..., EmulatedStack]:
    """Make a stack of a template, with the artifacts of the build; it is not created yet."""

    def make(app: str, template: str, **parameters: str) -> EmulatedStack:
        stack = make_stack(app, **parameters)
        stack.parameters |= artifact_keys(stack)
        stack.template = template
        return stack

    return make


@pytest.fixture(scope="module")
def private(stack_of: Callable[..., EmulatedStack]) -> EmulatedStack:
    """The image application with all of it in a VPC of its own, which an update of an earlier one has brought."""
    stack = stack_of("image", with_one_subnet(PRIVATE), JobRetries="0")
    stack.create()
    before = stack.resources
    stack.update(ALL_PRIVATE)
    replaced = {name for name, each in before.items() if stack.resources.get(name) != each}
    assert replaced == {"InternetGateway", "Model", "EndpointConfig"}
    return stack


def test_a_job_is_made_in_both_zones_of_the_private_network(private: EmulatedStack) -> None:
    assert made(private, PROMPT)["status"] == "SUCCEEDED"
    assert private.permissions().refused == ()
    name = private.resources["EndpointCallFunction"]
    place = private.client("lambda").get_function_configuration(FunctionName=name)["VpcConfig"]
    assert set(place["SubnetIds"]) == {private.resources[each] for each in ("PrivateSubnet", "PrivateSubnetTwo")}


def test_the_page_and_the_images_are_served_under_the_domain(private: EmulatedStack) -> None:
    assert private.outputs["ApplicationUrl"] == f"https://{DOMAIN}/"
    assert private.browse("/", domain=DOMAIN).body == private.browse("/").body
    image = made(private, PROMPT)["images"][0]["url"]
    assert image.startswith(f"https://{DOMAIN}/generated_images/")
    assert private.browse(image.removeprefix(f"https://{DOMAIN}"), domain=DOMAIN).status == 200


def test_the_connections_of_the_vpc_are_logged(private: EmulatedStack) -> None:
    logs = private.client("ec2").describe_flow_logs()["FlowLogs"]
    assert [each["FlowLogStatus"] for each in logs if each["ResourceId"] == private.resources["Vpc"]] == ["ACTIVE"]


def test_all_of_the_network_goes_with_the_stack(private: EmulatedStack) -> None:
    vpc = private.resources["Vpc"]
    private.delete()
    ec2 = private.client("ec2")
    assert vpc not in {each["VpcId"] for each in ec2.describe_vpcs()["Vpcs"]}
    assert vpc not in {each["VpcId"] for each in ec2.describe_vpc_endpoints()["VpcEndpoints"]}


def test_in_a_network_that_is_there_functions_may_do_what_they_do_until_they_leave_it(
    stack_of: Callable[..., EmulatedStack],
) -> None:
    stack = stack_of("text", EXISTING)
    stack.create()
    name = stack.resources["GenAILambdaFunction"]
    place = stack.client("lambda").get_function_configuration(FunctionName=name)["VpcConfig"]
    assert place["SecurityGroupIds"] == [stack.resources["FunctionSecurityGroup"]]
    assert len(place["SubnetIds"]) == 2
    assert stack.call("POST", "/generate", {"prompt": "Hello"}).status == 200
    assert stack.call("GET", "/status").status == 200
    report = stack.permissions()
    assert report.refused == ()
    assert "GenAILambdaFunction" not in report.unused
    stack.update(TextStack(hosting=Hosting.EXISTING).to_json())
    assert "FunctionSecurityGroup" not in stack.resources
    assert stack.call("GET", "/status").status == 200


def test_places_that_do_not_fit_together_are_refused_before_anything_is_created(
    stack_of: Callable[..., EmulatedStack], emulator: Emulator
) -> None:
    one_zone = stack_of("image", PRIVATE, PrivateSubnetZone="us-east-1b")
    assert "Give both zones of the private subnets" in str(failure_of(one_zone.create))
    same = {"PrivateSubnetZone": "us-east-1b", "PrivateSubnetTwoZone": "us-east-1b"}
    assert "Give both zones of the private subnets" in str(failure_of(stack_of("image", PRIVATE, **same).create))
    vpc, subnets = make_network(emulator).vpc_id, make_network(emulator).subnet_ids
    elsewhere = stack_of("text", EXISTING, VpcId=vpc, SubnetIds=",".join(subnets))
    assert "Give subnets of the VPC that is chosen" in str(failure_of(elsewhere.create))
