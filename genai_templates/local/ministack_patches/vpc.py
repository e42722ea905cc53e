"""What leads out of subnets: routes to the internet, and endpoints of services with their policies.

ministack keeps all of it and heeds none; this reads it, for those who do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.services import ec2

Record = Mapping[str, Any]

# The service of PrivateLink by the prefix of actions, or by actions themselves, where its name is another.
_SERVICES = {
    "sagemaker:InvokeEndpoint": "sagemaker.runtime",
    "sagemaker:InvokeEndpointAsync": "sagemaker.runtime",
    "sagemaker": "sagemaker.api",
    "bedrock": "bedrock-runtime",
}
_EVERYWHERE = "0.0.0.0/0"


def is_reached(subnets: Sequence[str], role_arn: str, action: str, resource: str, keys: Mapping[str, Any]) -> str:
    """Return why a role cannot do this from the subnets, or nothing when it can."""
    endpoints = list(_endpoints(subnets, _service(action)))
    if not endpoints:
        return "" if _leads_to_internet(subnets) else f"{_service(action)} has no endpoint in the VPC, nor a way to it"
    context = iam_evaluator.EvalContext(
        principal_arn=role_arn,  # what aws:PrincipalArn is of a role's session
        principal_type="AssumedRole",
        principal_account=get_account_id(),
        action=action,
        resource_arn=resource,
        region=get_region(),
        service_context={name.lower(): each for name, each in keys.items()},
    )
    if all(_lets_through(each, context) for each in endpoints):
        return ""
    return f"no VPC endpoint policy allows the {action} action"


def vpcs_of(subnets: Iterable[str]) -> set[str]:
    """Return the VPCs of subnets that exist; raises ValueError for one that does not."""
    return {_existing(ec2._subnets, each, "subnet")["VpcId"] for each in subnets}


def zones_of(subnets: Iterable[str]) -> list[str]:
    """Return the availability zone of each subnet; raises ValueError for one that does not exist."""
    return [_existing(ec2._subnets, each, "subnet")["AvailabilityZone"] for each in subnets]


def check_groups(groups: Iterable[str], vpcs: set[str]) -> None:
    """Raise ValueError for a security group that does not exist, or is of another VPC than these."""
    for each in groups:
        if (vpc := _existing(ec2._security_groups, each, "security group")["VpcId"]) not in vpcs:
            raise ValueError(f"The security group {each} is of {vpc}, and the subnets are of {', '.join(sorted(vpcs))}")


def check_place(subnets: Sequence[str], groups: Sequence[str]) -> None:
    """Raise ValueError unless subnets and security groups exist and are of one VPC."""
    vpcs = vpcs_of(subnets)
    if len(vpcs) > 1:
        raise ValueError(f"The subnets are of several VPCs: {', '.join(sorted(vpcs))}")
    check_groups(groups, vpcs)


def _existing(store: Any, identifier: str, what: str) -> Record:
    if identifier not in store:
        raise ValueError(f"The {what} ID '{identifier}' does not exist")
    found: Record = store[identifier]
    return found


def _service(action: str) -> str:
    prefix = action.partition(":")[0]
    return _SERVICES.get(action) or _SERVICES.get(prefix, prefix)


def _endpoints(subnets: Sequence[str], service: str) -> Iterator[Record]:
    """Yield the endpoints of a service that calls from the subnets go to."""
    name, vpcs = f"com.amazonaws.{get_region()}.{service}", vpcs_of(subnets)
    routes = {each["RouteTableId"] for each in _route_tables(subnets)}
    for endpoint in ec2._vpc_endpoints.values():
        if endpoint["ServiceName"] == name and endpoint["VpcId"] in vpcs:
            is_interface = endpoint["VpcEndpointType"] == "Interface" and endpoint.get("PrivateDnsEnabled")
            if is_interface or routes & set(endpoint["RouteTableIds"]):
                yield endpoint


def _leads_to_internet(subnets: Sequence[str]) -> bool:
    """Whether a NAT gateway does; functions have no public address, for which an internet gateway would be one."""
    return all(
        any(each.get("DestinationCidrBlock") == _EVERYWHERE and each.get("NatGatewayId") for each in table["Routes"])
        for table in _route_tables(subnets)
    )


def _route_tables(subnets: Sequence[str]) -> list[Record]:
    """Return the route table of each subnet: its own, or the main one of the VPC."""
    return [_table_of(each) for each in subnets]


def _table_of(subnet: str) -> Record:
    vpc = ec2._subnets[subnet]["VpcId"]
    tables = [each for each in ec2._route_tables.values() if each["VpcId"] == vpc]
    own = [each for each in tables if any(one.get("SubnetId") == subnet for one in each["Associations"])]
    found: Record = (own or [each for each in tables if any(one.get("Main") for one in each["Associations"])])[0]
    return found


def _lets_through(endpoint: Record, context: Any) -> bool:
    if not (document := endpoint.get("PolicyDocument")):
        return True
    policies = [iam_evaluator.parse_policy_document(document)]
    return bool(iam_evaluator.evaluate(context, policies).decision == "Allow")
