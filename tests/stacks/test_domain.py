"""A domain of one's own: the distribution serves it, its records lead there, and everything names it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from genai_templates import ImageStack


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    """The image template with a domain of its own."""
    return dict(json.loads(ImageStack(own_domain=True).to_json()))


def test_the_distribution_serves_the_domain_over_todays_tls(template: dict[str, Any]) -> None:
    config = template["Resources"]["CloudFrontDistribution"]["Properties"]["DistributionConfig"]
    assert config["Aliases"] == [{"Ref": "DomainName"}]
    assert config["ViewerCertificate"] == {
        "AcmCertificateArn": {"Ref": "CertificateArn"},
        "MinimumProtocolVersion": "TLSv1.2_2021",
        "SslSupportMethod": "sni-only",
    }


@pytest.mark.parametrize("kind", ["A", "AAAA"])
def test_records_lead_to_the_distribution_where_a_zone_is_given(template: dict[str, Any], kind: str) -> None:
    record = template["Resources"][f"DomainRecord{kind}"]
    assert record["Condition"] == "HostedZoneIdIsGiven"
    assert (record["Properties"]["Type"], record["Properties"]["Name"]) == (kind, {"Ref": "DomainName"})
    assert record["Properties"]["AliasTarget"]["DNSName"] == {"Fn::GetAtt": ["CloudFrontDistribution", "DomainName"]}


def test_everything_that_names_the_page_names_the_domain(template: dict[str, Any]) -> None:
    assert template["Outputs"]["ApplicationUrl"]["Value"] == {
        "Fn::Sub": ["https://${Domain}/", {"Domain": {"Ref": "DomainName"}}]
    }
    variables = template["Resources"]["ApiStage"]["Properties"]["Variables"]
    assert variables["siteUrl"] == {"Fn::Sub": ["https://${Domain}", {"Domain": {"Ref": "DomainName"}}]}
    # What a CNAME is made to.
    assert template["Outputs"]["CloudFrontDistributionDomain"]["Value"] == {
        "Fn::GetAtt": ["CloudFrontDistribution", "DomainName"]
    }


def test_tls_is_promised_for_the_page_alone_and_not_for_what_is_below_its_domain(template: dict[str, Any]) -> None:
    headers = template["Resources"]["SecurityHeaders"]["Properties"]["ResponseHeadersPolicyConfig"]
    promise = headers["SecurityHeadersConfig"]["StrictTransportSecurity"]
    assert (promise["IncludeSubdomains"], promise["Preload"]) == (False, False)
