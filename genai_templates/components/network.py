"""The VPC of functions that call services without the internet."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from troposphere import AWSHelperFn, GetAtt, GetAZs, Ref, Select, Sub, Tag, Tags, ec2

from ..scope import Scope
from .functions import VpcConfig

_HTTPS = 443

# What the functions call over an interface endpoint when they run in the VPC: the service names of PrivateLink.
# S3 and DynamoDB have gateway endpoints, which cost nothing.
INTERFACE_SERVICES = {
    "SageMakerRuntime": "sagemaker.runtime",
    "SageMakerApi": "sagemaker.api",
    "BedrockRuntime": "bedrock-runtime",
    "Lambda": "lambda",
    "Sqs": "sqs",
    "Logs": "logs",
    "Rekognition": "rekognition",
    "XRay": "xray",
}


class Network(NamedTuple):
    """A VPC with two public subnets and a private one."""

    vpc: ec2.VPC
    private_subnet: ec2.Subnet
    private_routes: ec2.RouteTable
    security_group: ec2.SecurityGroup

    @property
    def private_vpc_config(self) -> VpcConfig:
        """The place of a function in the private subnet."""
        return VpcConfig(subnet_ids=(Ref(self.private_subnet),), security_group_ids=(Ref(self.security_group),))


def add_network(
    scope: Scope,
    *,
    vpc_range: str | AWSHelperFn,
    public_ranges: tuple[str | AWSHelperFn, str | AWSHelperFn],
    private_range: str | AWSHelperFn,
    private_zone: str | AWSHelperFn,
) -> Network:
    """Add a VPC with these address ranges: public subnets in two zones, a private one, and S3 without the internet.

    Nothing in it is charged for: it has no NAT gateway and no interface endpoint. The private subnet's zone can be
    chosen, because not every zone offers an interface endpoint of every service.
    """
    vpc = scope.add(
        ec2.VPC,
        "Vpc",
        CidrBlock=vpc_range,
        EnableDnsHostnames=True,
        EnableDnsSupport=True,
        Tags=_name_tag("vpc"),
    )
    _add_public_subnets(scope, vpc, public_ranges)
    private = _add_subnet(scope, "PrivateSubnet", vpc, private_range, zone=private_zone)
    private_routes = _add_routes(scope, "PrivateRoutes", vpc, [private])
    _add_gateway_endpoint(scope, "S3", vpc, private_routes)
    group = scope.add(
        ec2.SecurityGroup,
        "PrivateSecurityGroup",
        GroupDescription="Calls out over HTTPS; nothing may call in",
        SecurityGroupEgress=[
            ec2.SecurityGroupRule(
                CidrIp="0.0.0.0/0", IpProtocol="tcp", FromPort=_HTTPS, ToPort=_HTTPS, Description="HTTPS"
            )
        ],
        VpcId=Ref(vpc),
    )
    return Network(vpc, private, private_routes, group)


def _name_tag(role: str) -> Tags:
    return Tags(Tag("Name", Sub(f"${{AWS::StackName}}-{role}")))


def _add_subnet(
    scope: Scope, logical_id: str, vpc: ec2.VPC, cidr: str | AWSHelperFn, *, zone: str | AWSHelperFn
) -> ec2.Subnet:
    return scope.add(
        ec2.Subnet,
        logical_id,
        AvailabilityZone=zone,
        CidrBlock=cidr,
        MapPublicIpOnLaunch=False,
        Tags=_name_tag(logical_id),
        VpcId=Ref(vpc),
    )


def _add_routes(scope: Scope, logical_id: str, vpc: ec2.VPC, subnets: Iterable[ec2.Subnet]) -> ec2.RouteTable:
    routes = scope.add(ec2.RouteTable, logical_id, Tags=_name_tag(logical_id), VpcId=Ref(vpc))
    for subnet in subnets:
        association = ec2.SubnetRouteTableAssociation(
            f"{subnet.title}Association", RouteTableId=Ref(routes), SubnetId=Ref(subnet)
        )
        scope.template.add_resource(association)
    return routes


def _add_public_subnets(scope: Scope, vpc: ec2.VPC, ranges: tuple[str | AWSHelperFn, str | AWSHelperFn]) -> None:
    subnets = [
        _add_subnet(scope, logical_id, vpc, cidr, zone=Select(number, GetAZs("")))
        for number, (logical_id, cidr) in enumerate(zip(("PublicSubnetOne", "PublicSubnetTwo"), ranges, strict=True))
    ]
    gateway = scope.add(ec2.InternetGateway, "InternetGateway", Tags=_name_tag("gateway"))
    attachment = scope.add(
        ec2.VPCGatewayAttachment, "InternetGatewayAttachment", InternetGatewayId=Ref(gateway), VpcId=Ref(vpc)
    )
    routes = _add_routes(scope, "PublicRoutes", vpc, subnets)
    scope.add(
        ec2.Route,
        "InternetRoute",
        DependsOn=attachment.title,
        DestinationCidrBlock="0.0.0.0/0",
        GatewayId=Ref(gateway),
        RouteTableId=Ref(routes),
    )


def _add_gateway_endpoint(scope: Scope, service: str, vpc: ec2.VPC, routes: ec2.RouteTable) -> None:
    scope.add(
        ec2.VPCEndpoint,
        f"{service}Endpoint",
        RouteTableIds=[Ref(routes)],
        ServiceName=Sub(f"com.amazonaws.${{AWS::Region}}.{service.lower()}"),
        VpcEndpointType="Gateway",
        VpcId=Ref(vpc),
    )


def add_service_endpoints(scope: Scope, *, network: Network, services: Iterable[str]) -> None:
    """Let the private subnet reach these services (keys of INTERFACE_SERVICES, or ``DynamoDB``) and no internet.

    Each interface endpoint is charged for by the hour.
    """
    group = scope.add(
        ec2.SecurityGroup,
        "EndpointSecurityGroup",
        GroupDescription="Takes HTTPS calls of the functions",
        SecurityGroupIngress=[
            ec2.SecurityGroupRule(
                SourceSecurityGroupId=GetAtt(network.security_group, "GroupId"),
                IpProtocol="tcp",
                FromPort=_HTTPS,
                ToPort=_HTTPS,
                Description="HTTPS",
            )
        ],
        VpcId=Ref(network.vpc),
    )
    for service in services:
        if service == "DynamoDB":
            _add_gateway_endpoint(scope, service, network.vpc, network.private_routes)
            continue
        scope.add(
            ec2.VPCEndpoint,
            f"{service}Endpoint",
            PrivateDnsEnabled=True,
            SecurityGroupIds=[Ref(group)],
            ServiceName=Sub(f"com.amazonaws.${{AWS::Region}}.{INTERFACE_SERVICES[service]}"),
            SubnetIds=[Ref(network.private_subnet)],
            VpcEndpointType="Interface",
            VpcId=Ref(network.vpc),
        )
