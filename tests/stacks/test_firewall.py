"""Web ACLs and the proof of the distribution: where they stand in a template, and what they cost."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import Any

import pytest

from genai_templates import ApiAccess, Auth, Firewall, Hosting, ImageStack, TextStack
from genai_templates.costs.stack_costs import hourly_cost
from genai_templates.errors import InvalidOption
from genai_templates.stacks.base import Stack

SECRET = "{{resolve:secretsmanager:${Secret}:SecretString}}"
DIRECT = "ApiGatewayUrl"


def template(kind: type[Stack] = TextStack, **options: Any) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(kind(hosting=Hosting.EXISTING, **options).to_json())
    return made


def operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return every operation of the API's body, by method and path."""
    paths = document["Resources"]["ApiGateway"]["Properties"]["Body"]["paths"]
    return {f"{method} {path}": each for path, item in paths.items() for method, each in item.items()}


def api_origin(document: dict[str, Any]) -> dict[str, Any]:
    config = document["Resources"]["CloudFrontDistribution"]["Properties"]["DistributionConfig"]
    return next(dict(each) for each in config["Origins"] if each["Id"] == "api")


def gateway_responses(document: dict[str, Any]) -> dict[str, Any]:
    body: dict[str, Any] = document["Resources"]["ApiGateway"]["Properties"]["Body"]
    return dict(body["x-amazon-apigateway-gateway-responses"])


def test_a_template_without_them_loads_nothing_of_them() -> None:
    code = (
        "import sys; from genai_templates import TextStack; TextStack().to_json(); "
        "print([each for each in ('wafv2', 'secretsmanager') if f'troposphere.{each}' in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


@pytest.mark.parametrize("kind", [TextStack, ImageStack])
@pytest.mark.parametrize("firewall", Firewall)
@pytest.mark.parametrize("access", ApiAccess)
def test_the_api_requires_the_key_of_a_distribution_that_is_the_only_way_to_it(
    kind: type[Stack], firewall: Firewall, access: ApiAccess
) -> None:
    document = template(kind, firewall=firewall, api_access=access)
    is_private = access is ApiAccess.DISTRIBUTION
    for name, operation in operations(document).items():
        assert operation.get("security") == ([{"api_key": []}] if is_private and "options" not in name else None)
    assert ("INVALID_API_KEY" in gateway_responses(document)) == is_private
    assert ("WAF_FILTERED" in gateway_responses(document)) == (firewall is not Firewall.NONE)
    assert ("it refuses all but the distribution" in document["Outputs"][DIRECT]["Description"]) == is_private


@pytest.mark.parametrize(
    ("firewall", "access", "header"),
    [
        (Firewall.NONE, ApiAccess.PUBLIC, None),
        (Firewall.COUNT, ApiAccess.PUBLIC, "x-distribution-proof"),
        (Firewall.NONE, ApiAccess.DISTRIBUTION, "x-api-key"),
        (Firewall.BLOCK, ApiAccess.DISTRIBUTION, "x-api-key"),
    ],
)
def test_the_distribution_sends_a_secret_where_somebody_looks_for_it(
    firewall: Firewall, access: ApiAccess, header: str | None
) -> None:
    document = template(firewall=firewall, api_access=access)
    headers = api_origin(document).get("OriginCustomHeaders", [])
    assert [each["HeaderName"] for each in headers] == ([header] if header else [])
    assert all(each["HeaderValue"]["Fn::Sub"][0] == SECRET for each in headers)
    assert ("DistributionSecret" in document["Resources"]) == bool(header)
    code = document["Resources"]["ApiPrefix"]["Properties"]["FunctionCode"]
    assert ("true-client-ip" in code) == bool(header)


def test_another_number_makes_another_secret_and_with_it_another_key() -> None:
    resources = template(api_access=ApiAccess.DISTRIBUTION)["Resources"]
    name = resources["DistributionSecret"]["Properties"]["Name"]
    assert {"Ref": "DistributionSecretNumber"} in name["Fn::Join"][1]
    assert resources["DistributionKey"]["Properties"]["Value"]["Fn::Sub"] == [
        SECRET,
        {"Secret": {"Ref": "DistributionSecret"}},
    ]
    assert resources["DistributionKey"]["Properties"]["Enabled"] is True


def test_the_distribution_has_its_own_web_acl_where_that_can_be_made() -> None:
    document = template(firewall=Firewall.BLOCK)
    own = "HasDistributionFirewall"
    assert document["Conditions"][own]["Fn::And"][0] == {"Fn::Equals": [{"Ref": "AWS::Region"}, "us-east-1"]}
    conditional = {name for name, each in document["Resources"].items() if each.get("Condition") == own}
    assert conditional == {"DistributionFirewall", "DistributionFirewallLogging", "DistributionFirewallBlocks"}
    config = document["Resources"]["CloudFrontDistribution"]["Properties"]["DistributionConfig"]
    assert config["WebACLId"]["Fn::If"][0] == own


def test_a_web_acl_of_another_scope_is_not_taken() -> None:
    arn = "global/webacl/name/0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f"
    parameter = template(firewall=Firewall.COUNT)["Parameters"]["CloudFrontWebAclArn"]
    pattern = re.compile(parameter["AllowedPattern"])
    start = "arn:aws:wafv2:us-east-1:123456789012:"
    assert pattern.fullmatch(start + arn)
    assert pattern.fullmatch("")
    assert not pattern.fullmatch(start + arn.replace("global", "regional"))
    assert not pattern.fullmatch(start.replace("us-east-1", "eu-west-1") + arn)


def test_refusals_raise_an_alarm_and_counts_do_not() -> None:
    alarms = {"ApiFirewallBlocks", "DistributionFirewallBlocks"}
    assert alarms <= template(firewall=Firewall.BLOCK)["Resources"].keys()
    assert not alarms & template(firewall=Firewall.COUNT)["Resources"].keys()


@pytest.mark.parametrize(("region", "usd"), [("us-east-1", 19), ("eu-west-1", 10)])
def test_web_acls_and_their_rules_cost_by_the_month(region: str, usd: float) -> None:
    cost = hourly_cost(template(firewall=Firewall.BLOCK), {}, region)
    assert cost is not None
    lines = {line.what.split(",")[0]: line.usd_per_month for line in cost.lines}
    assert (lines["web ACLs"] or 0) + (lines["rules of web ACLs"] or 0) == pytest.approx(usd)
    assert lines["secret"] == pytest.approx(0.4)


@pytest.mark.parametrize("auth", [Auth.API_KEY, Auth.IAM])
def test_an_api_of_the_distribution_alone_takes_no_keys_and_signatures_of_others(auth: Auth) -> None:
    with pytest.raises(InvalidOption, match="`api_access` 'distribution' goes with"):
        TextStack(api_access=ApiAccess.DISTRIBUTION, auth=auth)


def test_a_user_signs_in_and_the_distribution_proves_itself() -> None:
    document = template(api_access=ApiAccess.DISTRIBUTION, auth=Auth.COGNITO)
    for name, operation in operations(document).items():
        required = {scheme for each in operation.get("security", []) for scheme in each}
        assert required == (set() if "options" in name else {"user_pool", "api_key"})
    assert gateway_responses(document)["INVALID_API_KEY"]["statusCode"] == 403
    assert gateway_responses(document)["UNAUTHORIZED"]["statusCode"] == 401
