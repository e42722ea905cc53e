"""Network of the application's functions: Lambda's own, or the private subnet of a VPC."""

from __future__ import annotations

from collections.abc import Sequence

from ..components.functions import VpcConfig
from ..options import FunctionNetwork, StackOptions
from ..scope import Scope


def add_function_network(scope: Scope, options: StackOptions, *, services: Sequence[str]) -> VpcConfig | None:
    """Add a VPC with its parameters if the functions are to run in one, and return their place in it.

    ``services`` are those that the functions call: keys of ``INTERFACE_SERVICES``, or ``DynamoDB``.
    """
    if options.values["function_network"] is FunctionNetwork.PUBLIC:
        return None
    # Most stacks have no VPC, and troposphere's module of EC2 takes as long to load as half of this library.
    from ..components.network import add_network, add_service_endpoints
    from .parameters.network import add_network_parameters

    parameters = add_network_parameters(scope, options.values["network"])
    network = add_network(
        scope,
        vpc_range=parameters.vpc,
        public_ranges=(parameters.public_one, parameters.public_two),
        private_range=parameters.private,
        private_zone=parameters.private_zone,
    )
    add_service_endpoints(scope, network=network, services=services)
    return network.private_vpc_config
