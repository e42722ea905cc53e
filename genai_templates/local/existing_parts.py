"""What an account has already in the emulated AWS, for parameters that name it: a network, and a certificate."""

from __future__ import annotations

from typing import NamedTuple

from .emulator import REGION, Emulator

DOMAIN = "genai.example.com"
"""A domain name, the value of a parameter ``DomainName``."""


class ExistingNetwork(NamedTuple):
    """A VPC with private subnets in two zones, from which a NAT gateway leads to the internet."""

    vpc_id: str
    subnet_ids: tuple[str, ...]
    route_table_id: str


def make_network(emulator: Emulator) -> ExistingNetwork:
    """Create the network."""
    ec2 = emulator.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
    subnets = tuple(
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.20.{number}.0/24", AvailabilityZone=f"{REGION}{zone}")["Subnet"][
            "SubnetId"
        ]
        for number, zone in enumerate("ab")
    )
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    for each in subnets:
        ec2.associate_route_table(RouteTableId=table, SubnetId=each)
    gateway = ec2.create_nat_gateway(SubnetId=subnets[0], ConnectivityType="private")["NatGateway"]["NatGatewayId"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=gateway)
    return ExistingNetwork(vpc, subnets, table)


def make_certificate(emulator: Emulator) -> str:
    """Create a certificate of the domain name, and return its ARN."""
    return str(emulator.client("acm").request_certificate(DomainName=DOMAIN)["CertificateArn"])
