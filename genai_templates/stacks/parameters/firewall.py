"""Parameters of the firewall, and of what the distribution proves itself to the API with."""

from __future__ import annotations

from typing import NamedTuple

from troposphere import Ref

from ...parameters import ParameterGroup
from ...scope import Scope

# WAF takes 10 and more. (WAF API reference, RateBasedStatement.)
_LEAST_RATE, _MOST_RATE = 10, 1_000_000


class FirewallParameters(NamedTuple):
    """Requests of one address within five minutes, the web ACL of the distribution, and whether there is one."""

    rate: Ref
    distribution_acl: Ref
    has_distribution_acl: str


def add_firewall_parameters(scope: Scope) -> FirewallParameters:
    """Add the parameters of the web ACLs."""
    group = _group(scope)
    rate = group.number(
        "FirewallRate",
        "Requests of one address in five minutes",
        default=1000,
        minimum=_LEAST_RATE,
        maximum=_MOST_RATE,
        unit="requests in five minutes",
        description="More match the firewall's rule. Viewers behind one address count together",
    )
    acl = group.text(
        "CloudFrontWebAclArn",
        "Web ACL of the distribution",
        default="",
        pattern=r"(arn:aws[a-z-]*:wafv2:us-east-1:[0-9]{12}:global/webacl/[A-Za-z0-9_-]{1,128}/[0-9a-f-]{36})?",
        constraint="Give the ARN of a web ACL with the scope CLOUDFRONT, which is in us-east-1, or nothing.",
        description="Empty for the stack's own in us-east-1, and for none elsewhere",
    )
    return FirewallParameters(rate, acl, group.is_given(acl))


def add_proof_parameter(scope: Scope) -> Ref:
    """Add the parameter that makes another secret."""
    return _group(scope).number(
        "DistributionSecretNumber",
        "Number of the distribution's secret",
        default=1,
        minimum=1,
        maximum=1_000_000,
        unit="as its number",
        description="Another number makes another secret by which CloudFront proves itself to the API",
    )


def _group(scope: Scope) -> ParameterGroup:
    return ParameterGroup(scope, "Firewall")
