"""A domain name of one's own in front of the distribution: its certificate, and its records in Route 53."""

from __future__ import annotations

from typing import NamedTuple

from troposphere import AWSHelperFn, Ref, cloudfront, route53

from ..scope import Scope

# The zone of every distribution, in all partitions but that of China. (CloudFormation user guide, AliasTarget.)
_CLOUDFRONT_ZONE = "Z2FDTNDATAQYW2"


class HostedZone(NamedTuple):
    """The hosted zone of a domain in Route 53: its id, and the condition under which there is one."""

    zone_id: Ref
    condition: str


class OwnDomain(NamedTuple):
    """A domain name, the ARN of its certificate in ACM of us-east-1, and its hosted zone."""

    name: Ref
    certificate_arn: Ref
    hosted_zone: HostedZone

    def put_before(self, distribution: cloudfront.DistributionConfig) -> None:
        """Have the distribution serve the domain, over TLS 1.2 and newer."""
        distribution.Aliases = [self.name]
        distribution.ViewerCertificate = cloudfront.ViewerCertificate(
            AcmCertificateArn=self.certificate_arn,
            MinimumProtocolVersion="TLSv1.2_2021",
            SslSupportMethod="sni-only",
        )

    def add_records(self, scope: Scope, *, target: AWSHelperFn) -> None:
        """Add the records for IPv4 and IPv6 to the hosted zone; ``target`` is the distribution's own domain name."""
        for kind in ("A", "AAAA"):
            scope.add(
                route53.RecordSetType,
                f"DomainRecord{kind}",
                Condition=self.hosted_zone.condition,
                HostedZoneId=self.hosted_zone.zone_id,
                Name=self.name,
                Type=kind,
                AliasTarget=route53.AliasTarget(
                    HostedZoneId=_CLOUDFRONT_ZONE, DNSName=target, EvaluateTargetHealth=False
                ),
            )
