"""Address ranges of the VPC that the functions may run in."""

from dataclasses import dataclass

from .errors import InvalidOption

_DEFAULT_RANGES = ("10.0.0.0/16", "10.0.3.0/24", "10.0.4.0/24")


@dataclass(frozen=True, kw_only=True)
class NetworkRanges:
    """Address ranges of the VPC, in CIDR notation; they become the defaults of the template's parameters.

    The VPC takes a prefix length of 16 to 28, as do subnets; the two private subnets lie in the VPC and do not overlap.
    """

    vpc: str = _DEFAULT_RANGES[0]
    private: str = _DEFAULT_RANGES[1]
    private_two: str = _DEFAULT_RANGES[2]

    def __post_init__(self) -> None:
        """Raise InvalidOption for a range that EC2 would refuse."""
        if tuple(vars(self).values()) != _DEFAULT_RANGES:  # ipaddress is worth its import only when there is a doubt
            _check_ranges(self)


def _check_ranges(ranges: NetworkRanges) -> None:
    import ipaddress

    def parse(name: str) -> ipaddress.IPv4Network:
        text = getattr(ranges, name)
        if not isinstance(text, str):  # ipaddress takes numbers too, which a template does not
            raise InvalidOption(f"{name} range is {text!r}; it must be a str")
        try:
            network = ipaddress.IPv4Network(text)
        except ValueError as error:
            raise InvalidOption(f"{name} range {text!r} is not an IPv4 CIDR block: {error}") from None
        if not 16 <= network.prefixlen <= 28:
            raise InvalidOption(f"{name} range {text} must have a prefix length of 16 to 28")
        return network

    vpc = parse("vpc")
    subnets = {name: parse(name) for name in ("private", "private_two")}
    for name, subnet in subnets.items():
        if not subnet.subnet_of(vpc):
            raise InvalidOption(f"{name} range {subnet} is outside the VPC's range {vpc}")
        for other_name, other in subnets.items():
            if other_name != name and subnet.overlaps(other):
                raise InvalidOption(f"{name} range {subnet} overlaps {other_name} range {other}")
