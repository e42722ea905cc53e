"""Creates a stack for every row of choices of which any two options' values are in one, uses it and deletes it.

  make pairs

Prints a line for each stack: whether it came, did what its application is for, was refused nothing, and went.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from typing import Any, NamedTuple

from genai_templates import Auth
from genai_templates.apps import APPS
from genai_templates.local import EmulatedStack, Emulator
from genai_templates.local.callers import add_local_callers
from genai_templates.local.emulator import CREDENTIALS
from genai_templates.local.loopback import Response
from genai_templates.packaging.artifacts import make_inline_artifacts
from tests.lifecycle.callers import add_user, sign_in, signed_call
from tests.stacks.option_pairs import options_of, rows_of
from tests.waiting import until

REQUESTS: Mapping[str, Mapping[str, object]] = {
    "text": {"prompt": "Write about a lighthouse."},
    "image": {"prompt": "a lighthouse at dawn", "width": 256, "height": 256, "num_inference_steps": 1},
}
_STATES_AT_WORK = ("QUEUED", "RUNNING")
# Functions without the internet reach a model of Amazon Bedrock in its own region alone: not in the emulator's.
_ELSEWHERE = "rule ModelIsOffered failed"


class Line(NamedTuple):
    """What became of one stack; ``wrong`` is empty where all went well."""

    app: str
    number: int
    choices: str
    seconds: float
    wrong: str


class Caller:
    """Calls a stack's API with what its way in asks for."""

    def __init__(self, stack: EmulatedStack, auth: Auth) -> None:
        """Get a key or a token where one is due."""
        self._stack = stack
        self._signs = auth is Auth.IAM
        self._headers: dict[str, str] = {}
        if auth is Auth.API_KEY:
            self._headers = {"X-Api-Key": add_local_callers(stack)[0].removeprefix("API key ")}
        if auth is Auth.COGNITO:
            add_user(stack.emulator, stack.outputs["UserPoolId"])
            settings = stack.browse("/config.json").json()["auth"]
            tokens = sign_in(
                stack.emulator,
                client_id=settings["clientId"],
                redirect_uri=stack.outputs["ApplicationUrl"],
                scopes=settings["scopes"],
            )
            self._headers = {"Authorization": f"Bearer {tokens['access_token']}"}

    def call(self, method: str, path: str, body: object = None) -> Response:
        """Call by the distribution, which lets everybody through but signed requests."""
        if self._signs:
            key, secret = CREDENTIALS.values()
            return signed_call(self._stack, method, path, body, keys={"AccessKeyId": key, "SecretAccessKey": secret})
        return self._stack.browse(f"/api{path}", method, body, self._headers)


def use(caller: Caller, app: str) -> None:
    """Do what the application is for; a model that sleeps is waited for."""
    assert caller.call("GET", "/status").status == 200

    def sent() -> Response | None:
        response = caller.call("POST", "/generate", REQUESTS[app])
        return None if response.status == 503 else response

    response = until(sent)
    assert response.status in (200, 202), response.body
    if response.status == 202:
        path = f"/{response.json()['status_url']}"

        def ended() -> dict[str, Any] | None:
            job: dict[str, Any] = caller.call("GET", path).json()
            return None if job["status"] in _STATES_AT_WORK else job

        job = until(ended)
        assert job["status"] == "SUCCEEDED", job


def tried(app: str, number: int, row: dict[str, Any]) -> Line:
    """Create, use and delete the stack of one row."""
    chosen = options_of({**row, "artifacts": None}) | {"artifacts": make_inline_artifacts(APPS[app])}
    choices = ", ".join(f"{name}={getattr(each, 'value', each)}" for name, each in row.items() if name in _SHOWN)
    started, wrong = time.monotonic(), ""
    try:
        template = APPS[app].load_stack()(**chosen).to_json()
        with Emulator() as emulator:
            stack = EmulatedStack(template, f"pair-{number}", {}, emulator=emulator, timeout_seconds=120)
            stack.create()
            use(Caller(stack, row["auth"]), app)
            stack.delete()
            if refused := stack.permissions().refused:
                wrong = f"refused: {refused}"
    except Exception as error:  # each row is a result of its own
        wrong = f"{type(error).__name__}: {error}"
    if _ELSEWHERE in wrong:
        choices, wrong = f"{choices}: refused here, as the template's rule says", ""
    return Line(app, number, choices, time.monotonic() - started, wrong)


_SHOWN = (
    "hosting",
    "auth",
    "api_access",
    "firewall",
    "function_network",
    "encryption",
    "content_filter",
    "budget",
    "dispatch",
)


def main() -> int:
    """Try every row; return the exit code."""
    rows = [(app, number, row) for app in APPS for number, row in enumerate(rows_of(app))]
    failed = 0
    with ProcessPoolExecutor(max_workers=min(4, os.cpu_count() or 1)) as pool:
        for line in pool.map(tried, *zip(*rows, strict=True)):
            failed += bool(line.wrong)
            print(f"{line.app} {line.number:>3} {line.seconds:>5.1f} s  {line.choices}", flush=True)
            if line.wrong:
                print(f"  {line.wrong}", flush=True)
    print(f"{len(rows)} stacks: {len(rows) - failed} created, used and deleted with nothing refused, {failed} not")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
