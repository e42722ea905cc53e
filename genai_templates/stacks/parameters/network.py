"""Parameters of the VPC."""

from __future__ import annotations

from typing import NamedTuple

from troposphere import AWSHelperFn, GetAZs, Ref, Select

from ...network_ranges import NetworkRanges
from ...parameters import ParameterGroup
from ...scope import Scope


class NetworkParameters(NamedTuple):
    """Address ranges of the VPC, and the zone of its private subnet."""

    vpc: Ref
    public_one: Ref
    public_two: Ref
    private: Ref
    private_zone: AWSHelperFn


def add_network_parameters(scope: Scope, ranges: NetworkRanges) -> NetworkParameters:
    """Add the parameters of the VPC, with these ranges as defaults."""
    group = ParameterGroup(scope, "Network")

    def add_range(name: str, label: str, default: str) -> Ref:
        return group.text(
            name,
            label,
            default=default,
            pattern=r"(\d{1,3}\.){3}\d{1,3}/(1[6-9]|2[0-8])",
            description="IPv4 address range in CIDR notation",
            constraint="Give a range such as 10.0.0.0/16, with a prefix length of 16 to 28.",
        )

    zone = group.text(
        "PrivateSubnetZone",
        "Zone of the private subnet",
        default="",
        pattern=r"|[a-z]{2}(-[a-z]+)+-[0-9][a-z]",
        description="Left empty, the region's first zone; not every zone offers every interface endpoint",
        constraint="Give an availability zone of this region such as us-east-1b, or nothing.",
    )
    return NetworkParameters(
        vpc=add_range("VpcCidr", "Range of the VPC", ranges.vpc),
        public_one=add_range("PublicSubnetOneCidr", "Range of the first public subnet", ranges.public_one),
        public_two=add_range("PublicSubnetTwoCidr", "Range of the second public subnet", ranges.public_two),
        private=add_range("PrivateSubnetCidr", "Range of the private subnet", ranges.private),
        private_zone=group.given_or(zone, Select(0, GetAZs(""))),
    )
