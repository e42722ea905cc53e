"""Network of the functions that speak to the model: Lambda's own, the stack's VPC, or one that is there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from troposphere import AWSHelperFn, If, Ref

from ..components.functions import VpcConfig
from ..options import FunctionNetwork, StackOptions
from ..scope import Scope

if TYPE_CHECKING:
    from ..components.encryption_key import EncryptionKey

# What CloudFormation asks EC2 in the name of whoever updates the stack, each time: for Fn::GetAZs, and for parameters
# that are resources of EC2 and the rule about them. (CloudFormation user guide, "Fn::GetAZs" and "Specify existing
# resources at runtime".)
LOOKED_UP: Mapping[FunctionNetwork, Sequence[str]] = {
    FunctionNetwork.PUBLIC: (),
    FunctionNetwork.PRIVATE: ("ec2:DescribeAccountAttributes", "ec2:DescribeAvailabilityZones", "ec2:DescribeSubnets"),
    FunctionNetwork.EXISTING: ("ec2:DescribeSubnets", "ec2:DescribeVpcs"),
}


class NetworkPart(NamedTuple):
    """The places of functions and, where it is in the VPC, of the model.

    ``connect`` takes the services that the functions call, keys of ``INTERFACE_SERVICES`` and ``GATEWAY_SERVICES``, and
    is called when all roles have their grants.
    """

    functions: VpcConfig
    model: VpcConfig | None
    connect: Callable[[Sequence[str]], None]


def add_function_network(
    scope: Scope, options: StackOptions, *, log_retention: int | AWSHelperFn, key: EncryptionKey | None
) -> NetworkPart | None:
    """Add the network of the functions with its parameters, unless it is Lambda's own."""
    if options.values["function_network"] is FunctionNetwork.PUBLIC:
        return None
    # Most stacks have no VPC, and troposphere's module of EC2 takes as long to load as half of this library.
    if options.values["function_network"] is FunctionNetwork.EXISTING:
        return _use_existing_network(scope, options)
    return _add_private_network(scope, options, log_retention, key)


def _use_existing_network(scope: Scope, options: StackOptions) -> NetworkPart:
    from ..components.network import add_outgoing_group
    from .parameters.network import add_existing_network_parameters

    parameters = add_existing_network_parameters(scope)
    own = parameters.has_no_groups
    group = add_outgoing_group(scope, "FunctionSecurityGroup", parameters.vpc_id, condition=own)
    place = VpcConfig(parameters.subnet_ids, If(own, [Ref(group)], parameters.security_group_ids), [])
    model = place if options.values["model_in_vpc"] else None
    return NetworkPart(place, model, lambda services: None)


def _add_private_network(
    scope: Scope, options: StackOptions, log_retention: int | AWSHelperFn, key: EncryptionKey | None
) -> NetworkPart:
    from ..components.network import PrivateSubnet, add_model_place, add_network
    from ..components.vpc_endpoints import add_service_endpoints, s3_endpoint_id
    from .parameters.network import add_network_parameters

    parameters = add_network_parameters(scope, options.values["network"])
    network = add_network(
        scope,
        vpc_range=parameters.vpc,
        first=PrivateSubnet(parameters.private, parameters.private_zone),
        second=PrivateSubnet(parameters.private_two, parameters.private_two_zone),
    )
    if options.values["flow_logs"]:
        from ..components.flow_logs import add_flow_logs

        add_flow_logs(scope, vpc=network.vpc, log_retention=log_retention, key=key)
    functions = network.functions
    in_vpc = options.values["model_in_vpc"]
    model = add_model_place(scope, network, reachable=s3_endpoint_id(scope)) if in_vpc else None

    def connect(services: Sequence[str]) -> None:
        add_service_endpoints(
            scope,
            network=network,
            services=[*services, *(["S3"] if model else [])],
            roles=[*functions.roles, *(model.roles if model else [])],
            pulls_images=model is not None,
        )

    return NetworkPart(functions, model, connect)
