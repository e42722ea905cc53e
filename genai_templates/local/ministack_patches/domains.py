"""Domain names of distributions: CloudFront takes those that a certificate covers, and answers under them.

docs/upstream/ministack/cloudfront-alias.md
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ministack.services import acm

Properties = dict[str, Any]
_TYPE = "AWS::CloudFront::Distribution"


def apply() -> None:
    """Have distributions checked for their domain names, and found by them."""
    from ministack import app
    from ministack.services.cloudformation import provisioners

    handlers = provisioners._RESOURCE_HANDLERS
    handlers[_TYPE] = _checked(handlers[_TYPE])
    app._parse_cloudfront_dataplane_host = _by_alias(app._parse_cloudfront_dataplane_host)


def aliases_of(domain: str) -> list[str]:
    """Return the other names of the distribution with this domain name of CloudFront."""
    from ministack.services import cloudfront

    return [
        alias
        for each in cloudfront._distributions.values()
        if each["DomainName"] == domain
        for alias in cloudfront._get_distribution_aliases(each)
    ]


def _by_alias(parse: Callable[[str], str | None]) -> Callable[[str], str | None]:
    from ministack.services import cloudfront

    def parse_with_aliases(host: str) -> str | None:
        name = host.split(":")[0].lower()
        owners = [
            each
            for each in cloudfront._distributions.values()
            if name in (alias.lower() for alias in cloudfront._get_distribution_aliases(each))
        ]
        return parse(owners[0]["DomainName"] if owners else host)

    return parse_with_aliases


def _checked(handlers: dict[str, Any]) -> dict[str, Any]:
    create, update = handlers["create"], handlers["update"]

    def create_checked(logical_id: str, props: Properties, stack_name: str) -> Any:
        _check(props["DistributionConfig"], itself="")
        return create(logical_id, props, stack_name)

    def update_checked(physical_id: str, old: Properties, new: Properties, *more: Any) -> Any:
        _check(new["DistributionConfig"], itself=physical_id)
        return update(physical_id, old, new, *more)

    return {**handlers, "create": create_checked, "update": update_checked}


def _check(config: Mapping[str, Any], *, itself: str) -> None:
    from ministack.services import cloudfront

    certificate = config.get("ViewerCertificate", {}).get("AcmCertificateArn")
    for name in config.get("Aliases", ()):
        if certificate is None:
            raise ValueError("InvalidViewerCertificate: to add an alternate domain name, attach a certificate for it")
        if any(owner != itself for kind, owner in cloudfront._domain_owners(name) if kind == "distribution"):
            raise ValueError(f"CNAMEAlreadyExists: {name} is already the name of another distribution")
    if certificate is not None:
        _check_certificate(certificate, config.get("Aliases", []))


def _check_certificate(arn: str, names: list[str]) -> None:
    certificate = acm._certificates.get(arn)
    if certificate is None or ":acm:us-east-1:" not in arn or certificate["Status"] != "ISSUED":
        raise ValueError(f"InvalidViewerCertificate: {arn} doesn't exist, isn't in us-east-1, or isn't issued")
    covered = {certificate["DomainName"], *certificate["SubjectAlternativeNames"]}
    wildcards = {name: f"*.{name.partition('.')[2]}" for name in names}
    if missing := [name for name in names if not {name, wildcards[name]} & covered]:
        raise ValueError(f"InvalidViewerCertificate: the certificate does not cover {', '.join(missing)}")
