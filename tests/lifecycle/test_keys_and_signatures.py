"""The API of a stack with keys, or for principals of IAM; and a stack whose ways in follow each other."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from genai_templates import Auth, Hosting, TextStack
from genai_templates.local import EmulatedStack, Emulator
from genai_templates.local.callers import add_local_callers
from genai_templates.local.emulator import CREDENTIALS, REGION
from tests.lifecycle.callers import add_user, sign_in, signed_call
from tests.lifecycle.stacks import keys_of
from tests.lifecycle.test_auth import check_refusal

PROMPT = {"prompt": "a fox"}
DAILY = 6
MakeText = Callable[[Auth], str]


@pytest.fixture(scope="module")
def make_text(builds: Callable[[Hosting], Path]) -> MakeText:
    """Make the template of a text stack with this way in."""
    keys = keys_of(builds(Hosting.EXISTING), "text")
    return lambda auth: TextStack(hosting=Hosting.EXISTING, auth=auth, artifacts=keys).to_json()


@pytest.fixture(scope="module")
def stack(emulator: Emulator, builds: Callable[[Hosting], Path], make_text: MakeText) -> Iterator[EmulatedStack]:
    """A text stack that begins with keys; each test gives it the way in that it needs."""
    artifacts = builds(Hosting.EXISTING) / "artifacts"
    parameters = {"KeyDailyRequests": str(DAILY)}
    with EmulatedStack(make_text(Auth.API_KEY), "ways-in", parameters, artifacts, emulator) as stack:
        yield stack


def make_key(stack: EmulatedStack) -> str:
    """Add a key as the documentation says it, and return its value."""
    gateway = stack.client("apigateway")
    made = gateway.create_api_key(name="another", enabled=True)
    gateway.create_usage_plan_key(usagePlanId=stack.resources["ApiUsagePlan"], keyId=made["id"], keyType="API_KEY")
    return str(made["value"])


def test_a_key_opens_every_route_and_nothing_else_does(stack: EmulatedStack) -> None:
    key = add_local_callers(stack)[0].removeprefix("API key ")
    assert key not in str(stack.outputs)
    for headers in ({}, {"X-Api-Key": "wrong" * 8}, {"Authorization": key}):
        check_refusal(stack.call("POST", "/generate", PROMPT, headers), 401, "api_key_invalid")
        check_refusal(stack.call("GET", "/status", headers=headers), 401, "api_key_invalid")
    assert stack.call("POST", "/generate", PROMPT, {"X-Api-Key": key}).status == 200
    preflight = stack.call("OPTIONS", "/generate")
    assert preflight.status == 204
    assert "X-Api-Key" in preflight.headers["Access-Control-Allow-Headers"].split(",")


def test_a_key_has_so_many_requests_a_day(stack: EmulatedStack) -> None:
    headers = {"X-Api-Key": make_key(stack)}
    for _ in range(DAILY):
        assert stack.call("GET", "/status", headers=headers).status == 200
    check_refusal(stack.call("GET", "/status", headers=headers), 429, "daily_limit_reached")
    assert stack.call("GET", "/status", headers={"X-Api-Key": make_key(stack)}).status == 200


def new_keys(iam: Any, user: str) -> dict[str, str]:
    iam.create_user(UserName=user)
    keys: dict[str, str] = iam.create_access_key(UserName=user)["AccessKey"]
    return keys


def test_who_may_invoke_the_api_signs_requests(stack: EmulatedStack, make_text: MakeText) -> None:
    stack.update(make_text(Auth.IAM))
    iam, policy = stack.client("iam"), stack.outputs["InvokePolicyArn"]
    allowed, other = new_keys(iam, "allowed"), new_keys(iam, "other")
    iam.attach_user_policy(UserName="allowed", PolicyArn=policy)
    assert signed_call(stack, "POST", "/generate", PROMPT, keys=allowed).status == 200
    assert signed_call(stack, "GET", "/status", keys=allowed).status == 200

    check_refusal(stack.call("POST", "/generate", PROMPT), 403, "forbidden")
    check_refusal(signed_call(stack, "POST", "/generate", PROMPT, keys=other), 403, "forbidden")
    wrong = {**allowed, "SecretAccessKey": other["SecretAccessKey"]}
    check_refusal(signed_call(stack, "POST", "/generate", PROMPT, keys=wrong), 403, "forbidden")
    assert signed_call(stack, "GET", "/status", keys=allowed, service="s3").status == 403
    unknown = {"AccessKeyId": "AKIAUNKNOWN000000000", "SecretAccessKey": "x"}
    assert signed_call(stack, "GET", "/status", keys=unknown).status == 403
    assert stack.call("OPTIONS", "/generate").status == 204
    iam.detach_user_policy(UserName="allowed", PolicyArn=policy)


def test_the_example_of_the_documentation_calls_the_api(stack: EmulatedStack) -> None:
    text = (Path(__file__).parents[2] / "docs" / "sign-in.md").read_text("utf-8")
    example: dict[str, Any] = {}
    exec(text.partition("```python\n")[2].partition("```")[0], example)
    keys = CREDENTIALS["AWS_ACCESS_KEY_ID"], CREDENTIALS["AWS_SECRET_ACCESS_KEY"]
    api = stack.resources["ApiGateway"]
    url = f"{stack.emulator.url}/_aws/execute-api/{api}/prod/generate"
    request = example["signed"](url, PROMPT, boto3.Session(*keys, region_name=REGION))
    with urllib.request.urlopen(request) as response:
        assert "generated_text" in json.loads(response.read())


def test_the_ways_in_follow_each_other(stack: EmulatedStack, make_text: MakeText) -> None:
    stack.update(make_text(Auth.COGNITO))
    check_refusal(stack.call("POST", "/generate", PROMPT), 401, "unauthorized")
    add_user(stack.emulator, stack.outputs["UserPoolId"])
    settings = stack.browse("/config.json").json()["auth"]
    tokens = sign_in(
        stack.emulator,
        client_id=settings["clientId"],
        redirect_uri=stack.outputs["ApplicationUrl"],
        scopes=settings["scopes"],
    )
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert stack.call("POST", "/generate", PROMPT, headers).status == 200

    stack.update(make_text(Auth.NONE))
    assert stack.call("POST", "/generate", PROMPT).status == 200
    assert "auth" not in stack.browse("/config.json").json()
    report = stack.permissions()
    assert not report.refused
