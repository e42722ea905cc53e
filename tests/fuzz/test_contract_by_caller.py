"""The text API keeps its contract with each way in, and lets nobody in without credentials where they are due."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from genai_templates import Auth, Hosting, TextStack
from genai_templates.json_text import indented
from genai_templates.local import EmulatedStack, Emulator
from genai_templates.local.callers import add_local_callers
from genai_templates.local.emulator import CREDENTIALS, REGION
from tests.fuzz.test_contract import direct_url, try_contract
from tests.lifecycle.callers import add_user, sign_in
from tests.lifecycle.stacks import keys_of

MANY = {"ThrottleRate": "10000", "ThrottleBurst": "5000"}
# Each way in meets the same functions, whose inputs were tried without one.
PHASES = ("--phases", "examples,fuzzing", "--max-examples", "5")


@pytest.fixture(scope="module")
def stack(emulator: Emulator, folder: Path) -> Iterator[EmulatedStack]:
    """A text stack that takes keys at first."""
    parameters = {**MANY, "KeyRate": "10000", "KeyBurst": "5000", "KeyDailyRequests": "100000"}
    with EmulatedStack(made(folder, Auth.API_KEY), "callers", parameters, folder / "artifacts", emulator) as created:
        yield created


def made(folder: Path, auth: Auth) -> str:
    """Return the template with this way in, and write the API's description beside it."""
    stack = TextStack(hosting=Hosting.EXISTING, auth=auth, artifacts=keys_of(folder, "text"))
    (folder / "openapi" / f"text-{auth.value}.json").write_text(indented(stack.openapi()))
    return stack.to_json()


def key_of(stack: EmulatedStack) -> str:
    return f"X-Api-Key:{add_local_callers(stack)[0].removeprefix('API key ')}"


def token_of(stack: EmulatedStack) -> str:
    add_user(stack.emulator, stack.outputs["UserPoolId"])
    settings = stack.browse("/config.json").json()["auth"]
    tokens = sign_in(
        stack.emulator,
        client_id=settings["clientId"],
        redirect_uri=stack.outputs["ApplicationUrl"],
        scopes=settings["scopes"],
    )
    return f"Authorization:Bearer {tokens['access_token']}"


CALLERS: dict[Auth, Callable[[EmulatedStack], str]] = {
    Auth.API_KEY: key_of,
    Auth.COGNITO: token_of,
    Auth.IAM: lambda stack: "signature",
}


@pytest.mark.parametrize("auth", CALLERS, ids=lambda auth: auth.value)
def test_the_api_keeps_its_contract(
    stack: EmulatedStack, folder: Path, auth: Auth, monkeypatch: pytest.MonkeyPatch
) -> None:
    if auth is not Auth.API_KEY:
        stack.update(made(folder, auth))
    monkeypatch.setenv("CALLER", CALLERS[auth](stack))
    for name, value in {**CREDENTIALS, "AWS_DEFAULT_REGION": REGION}.items():
        monkeypatch.setenv(name, value)
    try_contract(folder, f"text-{auth.value}.json", direct_url(stack.emulator, stack), *PHASES)
