"""Who may call the API: every route of both applications, with what opens it and with what must not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from troposphere import Template

from genai_templates import Auth, Hosting, ImageStack, Scope, TextStack
from genai_templates.apps import APPS
from genai_templates.local import EmulatedStack, Emulator
from genai_templates.local.loopback import Response
from tests.lifecycle.callers import (
    EMAIL,
    Tokens,
    add_user,
    changed,
    claims_of,
    expired,
    revoke,
    sign_in,
    tokens_for,
    unsigned,
)
from tests.lifecycle.jobs import PROMPT as IMAGE
from tests.lifecycle.stacks import keys_of, refused
from tests.waiting import until

PROMPT = {"prompt": "a fox"}
ROUTES = [
    (app.capitalize(), route.method, route.path.replace("{job_id}", "0" * 32), PROMPT if route.request else None)
    for app in sorted(APPS)
    for route in APPS[app].load_stack().contract.routes
]


@pytest.fixture(scope="module")
def users(emulator: Emulator, builds: Callable[[Hosting], Path]) -> Iterator[EmulatedStack]:
    """The stack of both applications, each with a user pool of its own, and with the same user in both."""
    folder, template = builds(Hosting.EXISTING), Template()
    for kind in (TextStack, ImageStack):
        scope = Scope(template, kind.app.capitalize())
        kind(scope=scope, hosting=Hosting.EXISTING, auth=Auth.COGNITO, artifacts=keys_of(folder, kind.app))
    with EmulatedStack(template.to_json(), "users", artifacts=folder / "artifacts", emulator=emulator) as stack:
        for app in ("Text", "Image"):
            add_user(emulator, stack.outputs[f"{app}UserPoolId"])
        yield stack


def settings_of(stack: EmulatedStack, app: str) -> dict[str, str]:
    """Return what the page of an application knows about signing in."""
    domain = stack.outputs[f"{app}CloudFrontDistributionDomain"]
    found: dict[str, str] = stack.browse("/config.json", domain=domain).json()["auth"]
    return found


def sign_in_to(stack: EmulatedStack, app: str, email: str = EMAIL) -> Tokens:
    settings = settings_of(stack, app)
    return sign_in(
        stack.emulator,
        client_id=settings["clientId"],
        redirect_uri=stack.outputs[f"{app}ApplicationUrl"],
        scopes=settings["scopes"],
        email=email,
    )


@pytest.fixture(scope="module")
def tokens(users: EmulatedStack) -> dict[str, Tokens]:
    """The tokens of the user by application."""
    return {app: sign_in_to(users, app) for app in ("Text", "Image")}


@pytest.fixture(scope="module")
def refused_tokens(users: EmulatedStack, tokens: dict[str, Tokens]) -> dict[str, dict[str, str]]:
    """What the API of each application must not take."""
    return {
        app: {
            "none": "",
            "of another pool": tokens[other]["access_token"],
            "of another client": users.emulator.issue_token(
                users.outputs[f"{app}UserPoolId"],
                **{**claims_of(tokens[app]["access_token"]), "client_id": "other", "scope": "openid other/use"},
            ),
            "identity": tokens[app]["id_token"],
            "expired": expired(users.emulator, tokens[app]["access_token"]),
            "tampered": changed(tokens[app]["access_token"], sub="somebody else"),
            "unsigned": unsigned(tokens[app]["access_token"]),
            "refresh": tokens[app]["refresh_token"],
            "not a token": "a.b.c",
        }
        for app, other in (("Text", "Image"), ("Image", "Text"))
    }


def check_refusal(response: Response, status: int, code: str, what: str = "") -> None:
    """Check status, shape and headers of an error of the gateway; ``what`` says of which request."""
    error = response.json().get("error", {})
    assert (response.status, error.get("code")) == (status, code), (what, response.body)
    assert error.keys() == {"code", "message", "request_id"}
    assert response.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(("app", "method", "path", "body"), ROUTES)
def test_a_route_is_open_to_an_access_token_of_the_page_alone(
    users: EmulatedStack,
    tokens: dict[str, Tokens],
    refused_tokens: dict[str, dict[str, str]],
    app: str,
    method: str,
    path: str,
    body: object,
) -> None:
    api = users.outputs[f"{app}ApiGatewayUrl"]
    for what, token in refused_tokens[app].items():
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        check_refusal(users.call(method, path, body, headers, api=api), 401, "unauthorized", what)
    good = {"Authorization": f"Bearer {tokens[app]['access_token']}"}
    assert users.call(method, path, body, good, api=api).status in {200, 202, 400, 404}


@pytest.mark.parametrize(("app", "method", "path", "body"), ROUTES)
def test_a_browser_asks_without_credentials(
    users: EmulatedStack, app: str, method: str, path: str, body: object
) -> None:
    preflight = users.call("OPTIONS", path, api=users.outputs[f"{app}ApiGatewayUrl"])
    assert preflight.status == 204
    assert "Authorization" in preflight.headers["Access-Control-Allow-Headers"].split(",")


def test_a_session_is_renewed_by_tokens_that_change(users: EmulatedStack, tokens: dict[str, Tokens]) -> None:
    client = users.outputs["TextUserPoolClientId"]
    first = tokens["Text"]["refresh_token"]
    renewed = tokens_for(users.emulator, grant_type="refresh_token", client_id=client, refresh_token=first)
    assert renewed["refresh_token"] != first
    api, headers = users.outputs["TextApiGatewayUrl"], {"Authorization": f"Bearer {renewed['access_token']}"}
    assert users.call("GET", "/status", headers=headers, api=api).status == 200


def test_a_sign_out_ends_the_renewals_of_its_session_and_of_no_other(users: EmulatedStack) -> None:
    client = users.outputs["TextUserPoolClientId"]
    sessions = [sign_in_to(users, "Text")["refresh_token"] for _ in range(2)]
    renewed = tokens_for(users.emulator, grant_type="refresh_token", client_id=client, refresh_token=sessions[0])
    assert revoke(users.emulator, client_id=client, token=renewed["access_token"]) == 400
    assert revoke(users.emulator, client_id=client, token=renewed["refresh_token"]) == 200
    with pytest.raises(AssertionError, match="revoked"):
        tokens_for(users.emulator, grant_type="refresh_token", client_id=client, refresh_token=renewed["refresh_token"])
    assert tokens_for(users.emulator, grant_type="refresh_token", client_id=client, refresh_token=sessions[1])


def test_the_page_may_connect_to_its_sign_in_domain(users: EmulatedStack) -> None:
    page = users.browse("/", domain=users.outputs["TextCloudFrontDistributionDomain"])
    connect = page.headers["Content-Security-Policy"].partition("connect-src ")[2].partition(";")[0]
    assert settings_of(users, "Text")["domain"] in connect.split()


def test_nobody_signs_up_who_was_not_added(users: EmulatedStack) -> None:
    client = users.outputs["TextUserPoolClientId"]
    new = {"ClientId": client, "Username": "new@example.com", "Password": "A-good-password-1"}
    assert refused(lambda: users.client("cognito-idp").sign_up(**new)) == "NotAuthorizedException"


def test_a_job_and_its_images_are_reached_by_its_users_tokens_alone(
    users: EmulatedStack, tokens: dict[str, Tokens], refused_tokens: dict[str, dict[str, str]]
) -> None:
    api, other = users.outputs["ImageApiGatewayUrl"], "other@example.com"
    add_user(users.emulator, users.outputs["ImageUserPoolId"], other)
    own, others = (
        {"Authorization": f"Bearer {each['access_token']}"}
        for each in (tokens["Image"], sign_in_to(users, "Image", other))
    )
    path = "/" + users.call("POST", "/generate", IMAGE, own, api=api).json()["status_url"]

    def finished() -> dict[str, Any] | None:
        job: dict[str, Any] = users.call("GET", path, headers=own, api=api).json()
        return job if job["status"] == "SUCCEEDED" else None

    (image,) = until(finished)["images"]
    for place in (path, "/generate"):
        check_refusal(users.call("GET", place, headers=others, api=api), 404, "not_found", place)
        for what, token in refused_tokens["Image"].items():
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            check_refusal(users.call("GET", place, headers=headers, api=api), 401, "unauthorized", what)
    for url in (image["url"], image["thumbnail_url"]):
        parts = urlsplit(url)
        assert users.emulator.request("GET", f"{parts.path}?{parts.query}", None, {"Host": parts.netloc}).status == 200
        for headers in ({}, own, others):
            without = users.emulator.request("GET", parts.path, None, {"Host": parts.netloc, **headers})
            assert without.status in {400, 403}, without.body
            found = users.browse(parts.path, headers=headers, domain=users.outputs["ImageCloudFrontDistributionDomain"])
            assert b"JFIF" not in found.body
