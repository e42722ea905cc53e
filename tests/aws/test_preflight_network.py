"""The network in preflight: subnets that are there already, and zones for the stack's own."""

from __future__ import annotations

import pytest

from genai_templates import FunctionNetwork, Hosting, TextStack
from genai_templates.aws.account import Account
from genai_templates.aws.preflight import Surroundings
from genai_templates.aws.preflight.network import check_network
from genai_templates.aws.preflight.rules import check_rules
from genai_templates.local.existing_parts import make_network
from tests.aws.account import EmulatedAccount
from tests.aws.wire import Wire

PRIVATE = TextStack(function_network=FunctionNetwork.PRIVATE)
EXISTING = TextStack(function_network=FunctionNetwork.EXISTING)
MODEL_INSIDE = TextStack(hosting=Hosting.NATIVE, function_network=FunctionNetwork.EXISTING, model_in_vpc=True)


def _line(stack: TextStack, **parameters: str) -> str:
    surroundings = Surroundings(Account(), stack.template.to_dict(), parameters, "genai-text")
    assert {each.verdict.value for each in check_rules(surroundings)} <= {"ok"}
    (line,) = check_network(surroundings)
    return f"{line.verdict.value}: {line.finding}; {line.advice}"


@pytest.mark.usefixtures("account")
def test_zones_that_have_every_endpoint_are_fine_and_others_name_what_they_lack(wire: Wire) -> None:
    assert _line(PRIVATE).startswith("ok: us-east-1a and us-east-1b have every endpoint")
    zones = {"sagemaker.api": "abc", "sagemaker.runtime": "ac", "xray": "abc"}
    services = [
        {
            "ServiceName": f"com.amazonaws.us-east-1.{name}",
            "AvailabilityZones": [f"us-east-1{each}" for each in letters],
        }
        for name, letters in zones.items()
    ]
    wire.respond("ec2", "DescribeVpcEndpointServices", {"ServiceDetails": services})
    assert _line(PRIVATE) == (
        "fails: us-east-1b lacks the endpoint of com.amazonaws.us-east-1.sagemaker.runtime; choose PrivateSubnetZone "
        "and PrivateSubnetTwoZone among us-east-1a, us-east-1c"
    )
    assert _line(PRIVATE, PrivateSubnetZone="us-east-1a", PrivateSubnetTwoZone="us-east-1c").startswith("ok: ")
    assert "there is no zone us-east-1z here" in _line(
        PRIVATE, PrivateSubnetZone="us-east-1a", PrivateSubnetTwoZone="us-east-1z"
    )


def test_subnets_that_are_there_must_be_of_the_vpc_and_in_two_zones(account: EmulatedAccount) -> None:
    vpc, subnets, _ = make_network(account.emulator)
    other = make_network(account.emulator).vpc_id
    both = ",".join(subnets)
    assert _line(EXISTING).startswith("fails: VpcId and SubnetIds are not given")
    assert _line(EXISTING, VpcId=vpc, SubnetIds=both).startswith(f"ok: 2 subnets of {vpc}, in us-east-1a, us-east-1b")
    assert _line(EXISTING, VpcId=other, SubnetIds=both).startswith(f"fails: the subnets are of {vpc}")
    assert _line(EXISTING, VpcId=vpc, SubnetIds="subnet-0000").startswith("fails: there is no subnet-0000 here")
    assert _line(EXISTING, VpcId=vpc, SubnetIds=subnets[0]).startswith("warning: all subnets are in us-east-1a")
    assert _line(MODEL_INSIDE, VpcId=vpc, SubnetIds=subnets[0]).startswith("fails: all subnets are in us-east-1a")
