"""Parameters of the VPC."""

from __future__ import annotations

from typing import NamedTuple

from troposphere import AWSHelperFn, Equals, GetAZs, If, Ref, Select, Split

from ...network_ranges import NetworkRanges
from ...parameters import ParameterGroup
from ...scope import Scope

_ZONES = ("PrivateSubnetZone", "PrivateSubnetTwoZone")


class NetworkParameters(NamedTuple):
    """Address ranges of the VPC and its private subnets, and the zones of these."""

    vpc: Ref
    private: Ref
    private_zone: AWSHelperFn
    private_two: Ref
    private_two_zone: AWSHelperFn


def add_network_parameters(scope: Scope, ranges: NetworkRanges) -> NetworkParameters:
    """Add the parameters of the VPC, with these ranges as defaults, and the rule that its zones are two."""
    group = ParameterGroup(scope, "Network")
    zones = [
        _add_zone(group, name, f"Zone of the {number} private subnet", place)
        for place, (name, number) in enumerate(zip(_ZONES, ("first", "second"), strict=True))
    ]
    scope.add_rule(
        "ZonesAreTwo",
        {"Fn::And": [*(_is_given(scope, name) for name in _ZONES), {"Fn::Not": [_are_equal(scope)]}]},
        "Give both zones of the private subnets, and not the same, or neither.",
        condition={"Fn::Or": [_is_given(scope, name) for name in _ZONES]},
    )
    return NetworkParameters(
        vpc=_add_range(group, "VpcCidr", "Range of the VPC", ranges.vpc),
        private=_add_range(group, "PrivateSubnetCidr", "Range of the first private subnet", ranges.private),
        private_zone=zones[0],
        private_two=_add_range(group, "PrivateSubnetTwoCidr", "Range of the second private subnet", ranges.private_two),
        private_two_zone=zones[1],
    )


def _add_range(group: ParameterGroup, name: str, label: str, default: str) -> Ref:
    return group.text(
        name,
        label,
        default=default,
        pattern=r"(\d{1,3}\.){3}\d{1,3}/(1[6-9]|2[0-8])",
        description="IPv4 address range in CIDR notation",
        constraint="Give a range such as 10.0.0.0/16, with a prefix length of 16 to 28.",
    )


def _add_zone(group: ParameterGroup, name: str, label: str, place: int) -> If:
    zone = group.text(
        name,
        label,
        default="",
        pattern=r"|[a-z]{2}(-[a-z]+)+-[0-9][a-z]",
        description="Left empty, one of the region's first two; not every zone offers every interface endpoint",
        constraint="Give an availability zone of this region such as us-east-1b, or nothing.",
    )
    return group.given_or(zone, Select(place, GetAZs("")))


def _is_given(scope: Scope, name: str) -> dict[str, object]:
    return {"Fn::Not": [{"Fn::Equals": [{"Ref": scope.id(name)}, ""]}]}


def _are_equal(scope: Scope) -> dict[str, object]:
    return {"Fn::Equals": [{"Ref": scope.id(name)} for name in _ZONES]}


class ExistingNetworkParameters(NamedTuple):
    """A VPC, its subnets and security groups that are there; without groups, the stack makes one of its own."""

    vpc_id: Ref
    subnet_ids: Ref
    security_group_ids: Split
    has_no_groups: str


def add_existing_network_parameters(scope: Scope) -> ExistingNetworkParameters:
    """Add the parameters of the VPC that is there, and the rule that the subnets are its own."""
    group = ParameterGroup(scope, "Network")
    vpc = group.resource("VpcId", "VPC", kind="AWS::EC2::VPC::Id", description="The VPC in which the functions run")
    subnets = group.resource(
        "SubnetIds",
        "Subnets",
        kind="List<AWS::EC2::Subnet::Id>",
        description="Two or more of that VPC, in two zones, with a way to what the functions call: see docs/network.md",
    )
    # The type of lists of security groups takes no empty one.
    groups = group.text(
        "SecurityGroupIds",
        "Security groups",
        default="",
        pattern="|sg-[0-9a-f]{8,17}(,sg-[0-9a-f]{8,17}){0,4}",
        description="Up to five, with commas between them; left empty, the stack makes one that calls out over HTTPS",
        constraint="Give ids of security groups with commas between them, or nothing.",
    )
    scope.add_rule(
        "SubnetsAreOfVpc",
        {"Fn::EachMemberEquals": [{"Fn::ValueOf": [scope.id("SubnetIds"), "VpcId"]}, {"Ref": scope.id("VpcId")}]},
        "Give subnets of the VPC that is chosen.",
    )
    has_none = scope.add_condition("SecurityGroupIsOwn", Equals(groups, ""))
    return ExistingNetworkParameters(vpc, subnets, Split(",", groups), has_none)
