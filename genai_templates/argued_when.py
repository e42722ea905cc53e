"""Tests on resources that tell whether a scanner's finding is argued for them."""

from __future__ import annotations

from collections.abc import Callable

from troposphere import AWSObject, If, NoValue

from .statements import named_resources, statements

_LEND = "CreateNetworkInterfacePermission"


def always(resource: AWSObject) -> bool:
    """Every resource."""
    return True


def is_called(*names: str) -> Callable[[AWSObject], bool]:
    """Return what tells whether the logical id ends in one of these names."""
    return lambda resource: str(resource.title).endswith(names)


def without_property(property_name: str) -> Callable[[AWSObject], bool]:
    """Return what tells whether a property is not there."""
    return lambda resource: resource.properties.get(property_name, NoValue) is NoValue


def with_property(property_name: str) -> Callable[[AWSObject], bool]:
    """Return what tells whether a property is there."""
    return lambda resource: resource.properties.get(property_name, NoValue) is not NoValue


def with_condition_for(property_name: str) -> Callable[[AWSObject], bool]:
    """Return what tells whether a property depends on a condition."""
    return lambda resource: isinstance(resource.properties.get(property_name), If)


def without_domain(distribution: AWSObject) -> bool:
    """Whether a distribution has CloudFront's own domain name alone."""
    return "Aliases" not in distribution.DistributionConfig.properties


def joins_vpc(role: AWSObject) -> bool:
    """Whether a role lets a function run in a VPC."""
    return any(statement.Sid == "JoinVpc" for statement in statements(role))


def with_domain(distribution: AWSObject) -> bool:
    """Whether a distribution has a domain name of the deployer."""
    return not without_domain(distribution)


def lends_interfaces(role: AWSObject) -> bool:
    """Whether a role lets SageMaker use network interfaces of the account."""
    return any(action.action == _LEND for statement in statements(role) for action in statement.Action)


def allows_any_resource(role: AWSObject) -> bool:
    """Whether a role allows something on any resource."""
    return any("*" in named_resources(statement) for statement in statements(role))
