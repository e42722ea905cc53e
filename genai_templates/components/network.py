"""A VPC without the internet: two private subnets, and what runs in them."""

from __future__ import annotations

from typing import NamedTuple

from troposphere import AWSHelperFn, GetAtt, Ref, Sub, Tag, Tags, ec2

from ..scope import Scope
from .functions import VpcConfig

HTTPS = 443


class PrivateSubnet(NamedTuple):
    """Address range and availability zone of a subnet."""

    cidr: str | AWSHelperFn
    zone: AWSHelperFn


class Network(NamedTuple):
    """A VPC with two private subnets, in two zones, and the security group of the functions in them."""

    vpc: ec2.VPC
    subnets: tuple[ec2.Subnet, ec2.Subnet]
    routes: ec2.RouteTable
    security_group: ec2.SecurityGroup

    @property
    def subnet_ids(self) -> tuple[Ref, Ref]:
        """The ids of both subnets."""
        one, two = self.subnets
        return Ref(one), Ref(two)

    @property
    def functions(self) -> VpcConfig:
        """The place of functions in the private subnets."""
        return VpcConfig(self.subnet_ids, [Ref(self.security_group)], [])


def add_network(scope: Scope, *, vpc_range: str | AWSHelperFn, first: PrivateSubnet, second: PrivateSubnet) -> Network:
    """Add a VPC with two private subnets, which nothing reaches and from which nothing reaches the internet.

    Nothing in it is charged for. The zones can be chosen, because not every zone offers an interface endpoint of every
    service.
    """
    vpc = scope.add(
        ec2.VPC,
        "Vpc",
        CidrBlock=vpc_range,
        EnableDnsHostnames=True,
        EnableDnsSupport=True,
        Tags=name_tag("vpc"),
    )
    routes = scope.add(ec2.RouteTable, "PrivateRoutes", Tags=name_tag("PrivateRoutes"), VpcId=Ref(vpc))
    one = _add_subnet(scope, "PrivateSubnet", vpc, routes, first)
    two = _add_subnet(scope, "PrivateSubnetTwo", vpc, routes, second)
    return Network(vpc, (one, two), routes, add_outgoing_group(scope, "PrivateSecurityGroup", Ref(vpc)))


def add_model_place(scope: Scope, network: Network, *, reachable: str) -> VpcConfig:
    """Return the place of the model in the private subnets, with a group of its own: the endpoints of other services
    than S3 do not take its calls. ``reachable`` is the logical id of S3's.
    """
    group = add_outgoing_group(scope, "ModelSecurityGroup", Ref(network.vpc))
    associations = [_association_of(subnet) for subnet in network.subnets]
    return VpcConfig(network.subnet_ids, [Ref(group)], [], (reachable, *associations))


def add_outgoing_group(
    scope: Scope, logical_id: str, vpc_id: Ref, *, condition: str | None = None
) -> ec2.SecurityGroup:
    """Add a security group from which HTTPS may be called, and into which nothing may."""
    conditions = {} if condition is None else {"Condition": condition}
    return scope.add(
        ec2.SecurityGroup,
        logical_id,
        GroupDescription="Calls out over HTTPS; nothing may call in",
        SecurityGroupEgress=[
            ec2.SecurityGroupRule(
                CidrIp="0.0.0.0/0", IpProtocol="tcp", FromPort=HTTPS, ToPort=HTTPS, Description="HTTPS"
            )
        ],
        VpcId=vpc_id,
        **conditions,
    )


def group_id(group: ec2.SecurityGroup) -> GetAtt:
    """Return the id of a security group."""
    return GetAtt(group, "GroupId")


def name_tag(role: str) -> Tags:
    """Return the tag by which the console names a resource of the network."""
    return Tags(Tag("Name", Sub(f"${{AWS::StackName}}-{role}")))


def _add_subnet(
    scope: Scope, logical_id: str, vpc: ec2.VPC, routes: ec2.RouteTable, subnet: PrivateSubnet
) -> ec2.Subnet:
    added = scope.add(
        ec2.Subnet,
        logical_id,
        AvailabilityZone=subnet.zone,
        CidrBlock=subnet.cidr,
        MapPublicIpOnLaunch=False,
        Tags=name_tag(logical_id),
        VpcId=Ref(vpc),
    )
    association = ec2.SubnetRouteTableAssociation(_association_of(added), RouteTableId=Ref(routes), SubnetId=Ref(added))
    scope.template.add_resource(association)
    return added


def _association_of(subnet: ec2.Subnet) -> str:
    return f"{subnet.title}Association"
