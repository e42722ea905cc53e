"""Parameters of a domain name of one's own."""

from __future__ import annotations

from typing import NamedTuple

from troposphere import Ref

from ...parameters import ParameterGroup
from ...scope import Scope


class DomainParameters(NamedTuple):
    """The domain name, its certificate, and its hosted zone, which may be kept elsewhere."""

    name: Ref
    certificate_arn: Ref
    hosted_zone_id: Ref
    zone_condition: str


def add_domain_parameters(scope: Scope) -> DomainParameters:
    """Add the parameters of the domain."""
    group = ParameterGroup(scope, "Domain")
    label = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
    name = group.text(
        "DomainName",
        "Domain name",
        pattern=rf"({label}\.)+[a-z]([a-z0-9-]{{0,61}}[a-z0-9])",
        description="The name under which the page is served; no other distribution may have it",
        constraint="Give a domain name in small letters, such as genai.example.com.",
    )
    certificate = group.text(
        "CertificateArn",
        "Certificate",
        pattern=r"arn:aws[a-z-]*:acm:us-east-1:\d{12}:certificate/[0-9a-f-]{36}",
        description="ARN of the domain's certificate in ACM of us-east-1, where CloudFront looks for it; it is issued",
        constraint="Give the ARN of a certificate in ACM of us-east-1.",
    )
    zone = group.text(
        "HostedZoneId",
        "Hosted zone",
        default="",
        pattern=r"|Z[0-9A-Z]{1,31}",
        description="Of the domain in Route 53; left empty, make a CNAME to the output CloudFrontDistributionDomain",
        constraint="Give the id of a hosted zone such as Z0123456789ABC, or nothing.",
    )
    return DomainParameters(name, certificate, zone, group.is_given(zone))
