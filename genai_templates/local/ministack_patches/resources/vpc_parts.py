"""Subnets, security groups and endpoints of a VPC: ministack's CloudFormation takes what EC2 refuses.

docs/upstream/ministack/ec2-network.md
docs/upstream/ministack/ec2-endpoint-services.md
A subnet lies in its VPC and overlaps no other. The subnets of an interface endpoint are of its VPC, each in a zone of
its own, and its groups are of the VPC; a route table has one gateway endpoint of a service, and a VPC one interface
endpoint with private names of it. What is in use cannot be deleted.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from ipaddress import IPv4Network
from typing import Any

from ministack.services import ec2, lambda_svc

from ..vpc import check_groups, vpcs_of, zones_of

Properties = dict[str, Any]
SUBNET, GROUP, ENDPOINT = "AWS::EC2::Subnet", "AWS::EC2::SecurityGroup", "AWS::EC2::VPCEndpoint"
_SERVICES = ("bedrock-runtime", "comprehend", "rekognition", "sagemaker.api", "sagemaker.runtime", "xray")
_LONGEST_POLICY = 20_480  # characters; AWS PrivateLink guide, quotas


def apply() -> None:
    """Have EC2 offer endpoints of the services that it lacks."""
    ec2._VPCE_INTERFACE_SERVICES = (*ec2._VPCE_INTERFACE_SERVICES, *_SERVICES)


def checked(handlers: Mapping[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return these handlers of the three types, with what EC2 checks."""
    return {
        SUBNET: _with(handlers[SUBNET], check=_check_subnet, keep=_keep_subnet),
        GROUP: _with(handlers[GROUP], check=_check_group, keep=_keep_group),
        ENDPOINT: _with(handlers[ENDPOINT], check=_check_endpoint, keep=lambda endpoint: None),
    }


def _with(
    handlers: dict[str, Any], *, check: Callable[[Properties, str], None], keep: Callable[[str], None]
) -> dict[str, Any]:
    create, update, delete = (handlers[each] for each in ("create", "update", "delete"))

    def create_checked(logical_id: str, props: Properties, stack_name: str) -> Any:
        check(props, "")
        return create(logical_id, props, stack_name)

    def update_checked(physical_id: str, old: Properties, new: Properties, *more: Any) -> Any:
        check(new, physical_id)
        return update(physical_id, old, new, *more)

    def delete_unused(physical_id: str, props: Properties) -> None:
        keep(physical_id)
        delete(physical_id, props)

    return {**handlers, "create": create_checked, "update": update_checked, "delete": delete_unused}


def _check_subnet(props: Properties, itself: str) -> None:
    own, vpc = IPv4Network(props["CidrBlock"]), _vpc(props)
    if not own.subnet_of(IPv4Network(vpc["CidrBlock"])):
        raise ValueError(f"The CIDR '{own}' is invalid: it is not in {vpc['CidrBlock']} of {props['VpcId']}")
    for identifier, other in ec2._subnets.items():
        if identifier != itself and other["VpcId"] == props["VpcId"] and own.overlaps(IPv4Network(other["CidrBlock"])):
            raise ValueError(f"The CIDR '{own}' conflicts with another subnet")


def _check_group(props: Properties, itself: str) -> None:
    if "VpcId" in props:
        _vpc(props)


def _check_endpoint(props: Properties, itself: str) -> None:
    _vpc(props)
    if len(json.dumps(props.get("PolicyDocument", {}))) > _LONGEST_POLICY:
        raise ValueError(f"The policy document is longer than {_LONGEST_POLICY} characters")
    others = [
        each
        for identifier, each in ec2._vpc_endpoints.items()
        if identifier != itself and (each["VpcId"], each["ServiceName"]) == (props["VpcId"], props["ServiceName"])
    ]
    if props.get("VpcEndpointType", "Gateway") == "Gateway":
        _check_gateway(props, others)
    else:
        _check_interface(props, others)


def _check_gateway(props: Properties, others: list[Mapping[str, Any]]) -> None:
    for table in props.get("RouteTableIds", ()):
        if ec2._route_tables.get(table, {}).get("VpcId") != props["VpcId"]:
            raise ValueError(f"The route table {table} is not of {props['VpcId']}")
        if any(table in each["RouteTableIds"] for each in others):
            raise ValueError(f"route table {table} already has a route with destination-prefix-list-id of the service")


def _check_interface(props: Properties, others: list[Mapping[str, Any]]) -> None:
    subnets, vpcs = props.get("SubnetIds", []), {props["VpcId"]}
    if vpcs_of(subnets) - vpcs:
        raise ValueError(f"The subnets {', '.join(subnets)} are not all of {props['VpcId']}")
    zones = zones_of(subnets)
    if len(set(zones)) < len(zones):
        raise ValueError(f"DuplicateSubnetsInSameZone: the subnets are in {', '.join(zones)}; give one of each zone")
    check_groups(props.get("SecurityGroupIds", ()), vpcs)
    if props.get("PrivateDnsEnabled") and any(each.get("PrivateDnsEnabled") for each in others):
        raise ValueError(
            "private-dns-enabled cannot be set because there is already a conflicting DNS domain for "
            f"{props['ServiceName']} in the VPC {props['VpcId']}"
        )


def _vpc(props: Properties) -> Mapping[str, Any]:
    if props["VpcId"] not in ec2._vpcs:
        raise ValueError(f"The vpc ID '{props['VpcId']}' does not exist")
    found: Mapping[str, Any] = ec2._vpcs[props["VpcId"]]
    return found


def _keep_subnet(subnet: str) -> None:
    _refuse_if_used("subnet", subnet, "SubnetIds")


def _keep_group(group: str) -> None:
    _refuse_if_used("security group", group, "SecurityGroupIds")


def _refuse_if_used(what: str, identifier: str, member: str) -> None:
    if users := sorted(name for name, place in _placed() if identifier in place.get(member, ())):
        raise ValueError(f"DependencyViolation: the {what} '{identifier}' has dependencies: {', '.join(users)}")


def _placed() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield what has interfaces in subnets, by its name: endpoints, and functions."""
    yield from ec2._vpc_endpoints.items()
    for name, function in lambda_svc._functions.items():
        yield name, function["config"].get("VpcConfig") or {}
