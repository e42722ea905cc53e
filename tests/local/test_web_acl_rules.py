"""The rules of both applications' web ACLs, evaluated as WAF does: what they block, what they count, what passes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from itertools import count
from typing import Any

import pytest

from genai_templates.apps import APPS
from genai_templates.contract.image import START_JOB
from genai_templates.local.ministack_patches.web_acl_checks import checked_web_acl
from genai_templates.local.ministack_patches.web_acl_rules import Verdict, evaluate
from genai_templates.local.ministack_patches.web_requests import Source, WebRequest, inspected_body
from genai_templates.options import ApiAccess, Firewall

API, DISTRIBUTION = Source("APIGW", "API_GATEWAY", "api:prod"), Source("CF", "CLOUDFRONT", "E1")
SECRET = "the-secret"
RATE = 10
_IDS = count()
HONEST = (
    "<script>alert(1)</script> ../../etc/passwd http://10.0.0.1/x http://169.254.169.254/ ${jndi:ldap://x} SELECT 1;"
)
Acl = Mapping[str, Any]


@cache
def resources(app: str, firewall: Firewall) -> dict[str, Any]:
    stack = APPS[app].load_stack()(firewall=firewall, api_access=ApiAccess.DISTRIBUTION)
    made: dict[str, Any] = json.loads(stack.to_json())["Resources"]
    return made


def acl(app: str, logical_id: str, firewall: Firewall = Firewall.BLOCK) -> Acl:
    """Return a web ACL of an application as WAF has it, with counters of its own."""
    properties = resolved(resources(app, firewall)[logical_id]["Properties"])
    return {**checked_web_acl({**properties, "Name": "x"}, operation="CreateWebACL"), "Id": str(next(_IDS))}


def resolved(node: Any) -> Any:
    match node:
        case {"Ref": "FirewallRate"}:
            return RATE
        case {"Fn::Sub": [str(text), _]} if "resolve:secretsmanager" in text:
            return SECRET
        case {"Ref": _} | {"Fn::Sub": _}:
            return "x"
        case Mapping():
            return {key: resolved(value) for key, value in node.items()}
        case list():
            return [resolved(each) for each in node]
    return node


def request(source: Source, path: str, body: str | bytes = b"", **more: Any) -> WebRequest:
    content = body.encode() if isinstance(body, str) else body
    given: dict[str, Any] = {"client_ip": "10.0.0.1", "method": "POST" if body else "GET", "query": "", "headers": {}}
    given |= more
    headers = {"user-agent": "a browser", "host": "example.com"} | given.pop("headers")
    return WebRequest(
        source=source,
        path=path,
        headers=headers,
        body=inspected_body({}, source, content),
        body_size=len(content),
        **given,
    )


def verdict(acl: Acl, source: Source, path: str, body: str | bytes = b"", **more: Any) -> Verdict:
    return evaluate(acl, request(source, path, body, **more))


PLACES = [("ApiFirewall", API, "/prod"), ("DistributionFirewall", DISTRIBUTION, "/api")]
TEXT_PATHS = [("text", "/generate"), ("text", "/summarize"), ("image", START_JOB.path)]


@pytest.mark.parametrize(("logical_id", "source", "prefix"), PLACES)
@pytest.mark.parametrize(("app", "path"), TEXT_PATHS)
def test_what_people_write_is_counted_with_its_labels_and_passes(
    app: str, path: str, logical_id: str, source: Source, prefix: str
) -> None:
    given = request(source, f"{prefix}{path}", json.dumps({"prompt": HONEST}))
    found = evaluate(acl(app, logical_id), given)
    assert not found.is_blocked
    assert {label.rpartition(":")[2] for label in given.labels} == {
        "CrossSiteScripting_Body",
        "EC2MetaDataSSRF_Body",
        "GenericLFI_Body",
        "GenericRFI_Body",
        "Log4JRCE_Body",
    }


@pytest.mark.parametrize(("logical_id", "source", "prefix"), PLACES)
@pytest.mark.parametrize(("app", "path"), TEXT_PATHS)
@pytest.mark.parametrize("character", ["x", "\N{GRINNING FACE}"])
@pytest.mark.parametrize("as_ascii", [True, False])
def test_the_longest_text_passes(
    app: str, path: str, logical_id: str, source: Source, prefix: str, character: str, as_ascii: bool
) -> None:
    body = json.dumps({"text": character * 20_000}, ensure_ascii=as_ascii)
    assert not verdict(acl(app, logical_id), source, f"{prefix}{path}", body).is_blocked


@pytest.mark.parametrize(("logical_id", "source", "prefix"), PLACES)
@pytest.mark.parametrize("path", ["/status", "/wake", "/generate/../status", "/generate/"])
def test_the_same_body_is_blocked_where_no_text_is_expected(
    logical_id: str, source: Source, prefix: str, path: str
) -> None:
    for body in (HONEST, "x" * 8193):
        found = verdict(acl("text", logical_id), source, f"{prefix}{path}", body)
        assert (found.is_blocked, found.rule) == (True, "BodiesOfOtherPaths")
    assert not verdict(acl("text", logical_id), source, f"{prefix}{path}", "x" * 8192).is_blocked


@pytest.mark.parametrize(("logical_id", "source", "prefix"), PLACES)
@pytest.mark.parametrize(
    ("more", "rule"),
    [
        ({"query": "q=%3Cscript%3Ealert(1)"}, "CrossSiteScripting_QUERYARGUMENTS"),
        ({"query": "x" * 2049}, "SizeRestrictions_QUERYSTRING"),
        ({"headers": {"cookie": "x" * 10_241}}, "SizeRestrictions_Cookie_HEADER"),
        ({"headers": {"user-agent": ""}}, "NoUserAgent_HEADER"),
        ({"headers": {"user-agent": "Nmap"}}, "UserAgent_BadBots_HEADER"),
        ({"headers": {"x-a": "${jndi:ldap://a}"}}, "Log4JRCE_HEADER"),
        ({"headers": {"host": "localhost:8080"}}, "Host_localhost_HEADER"),
        ({"method": "PROPFIND"}, "PROPFIND_METHOD"),
    ],
)
def test_what_is_wrong_beside_the_text_is_blocked_at_its_path_too(
    logical_id: str, source: Source, prefix: str, more: dict[str, Any], rule: str
) -> None:
    found = verdict(acl("text", logical_id), source, f"{prefix}/generate", HONEST, **more)
    assert (found.is_blocked, found.group_rule) == (True, rule)
    assert bool(found.response) == (source is DISTRIBUTION)  # API Gateway responds itself


@pytest.mark.parametrize(("logical_id", "source", "prefix"), PLACES)
def test_a_firewall_that_counts_blocks_nothing(logical_id: str, source: Source, prefix: str) -> None:
    counting = acl("image", logical_id, Firewall.COUNT)
    for _ in range(RATE + 1):
        found = verdict(counting, source, f"{prefix}/status", HONEST, query="<script>")
        assert found.action == "ALLOW"
    assert {rule for rule, _ in found.counted} >= {"RateOfAddresses", "CommonRules", "BodiesOfOtherPaths"}


def test_each_viewer_has_a_rate_and_so_has_each_address_that_calls_directly() -> None:
    blocking, path = acl("text", "ApiFirewall"), "/prod/status"
    edge = {"client_ip": "130.176.0.1"}

    def blocked(viewer: str, secret: str, **more: Any) -> str:
        found = verdict(blocking, API, path, headers={"true-client-ip": viewer, "x-api-key": secret}, **more)
        return found.rule if found.is_blocked else ""

    assert {blocked("192.0.2.1", SECRET, **edge) for _ in range(RATE)} == {""}
    assert blocked("192.0.2.1", SECRET, **edge) == "RateOfViewers"
    assert blocked("192.0.2.2", SECRET, **edge) == ""
    assert {blocked(f"198.51.100.{each}", "a guess") for each in range(RATE)} == {""}
    assert blocked("198.51.100.99", "a guess") == "RateOfAddresses"
    assert blocked("192.0.2.2", SECRET, **edge) == ""


def test_no_body_is_looked_at_beyond_the_limit() -> None:
    late = "x" * 16_384 + "<script>"
    given = request(API, "/prod/generate", late)
    evaluate(acl("text", "ApiFirewall"), given)
    assert [label.rpartition(":")[2] for label in given.labels] == ["SizeRestrictions_Body"]
    assert (
        inspected_body(
            {"AssociationConfig": {"RequestBody": {"API_GATEWAY": {"DefaultSizeInspectionLimit": "KB_64"}}}},
            API,
            b"x" * 70_000,
        )
        == b"x" * 65_536
    )


def test_the_rules_fit_into_the_capacity_that_is_in_the_price() -> None:
    for app in APPS:
        for logical_id, _, _ in PLACES:
            assert 900 < acl(app, logical_id)["Capacity"] < 1500
