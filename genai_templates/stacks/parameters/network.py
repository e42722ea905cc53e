"""The address ranges of the VPC."""

from __future__ import annotations

from dataclasses import dataclass

from troposphere import Ref

from ...options import StackOptions
from ...parameters import ParameterForm

_GROUP = "Network"
_CIDR_PATTERN = r"(\d{1,3}\.){3}\d{1,3}/(1[6-9]|2[0-8])"


@dataclass(frozen=True)
class NetworkAnswers:
    """Address ranges of the VPC."""

    vpc: Ref
    public_one: Ref
    public_two: Ref
    private: Ref


def ask_network(form: ParameterForm, options: StackOptions) -> NetworkAnswers:
    """Ask for the address ranges of the VPC."""

    def ask(name: str, label: str, default: str) -> Ref:
        return form.ask(
            _GROUP,
            name,
            label,
            Default=default,
            AllowedPattern=_CIDR_PATTERN,
            Description="IPv4 address range in CIDR notation",
            ConstraintDescription="Give a range such as 10.0.0.0/16, with a prefix length of 16 to 28.",
        )

    ranges = options.network
    return NetworkAnswers(
        ask("VpcCidr", "Range of the VPC", ranges.vpc),
        ask("PublicSubnetOneCidr", "Range of the first public subnet", ranges.public_one),
        ask("PublicSubnetTwoCidr", "Range of the second public subnet", ranges.public_two),
        ask("PrivateSubnetCidr", "Range of the private subnet", ranges.private),
    )
