"""An endpoint of the user's own account answers, and the user's credentials stay where they are."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest

from genai_templates.errors import LocalError
from genai_templates.local import Emulator
from genai_templates.local import emulator as emulators
from genai_templates.local.inference import relay as relays
from genai_templates.local.inference.backend_request import send_request
from genai_templates.local.inference.connect import connect
from genai_templates.local.protocol import ModelOptions
from tests.local.endpoints import invoke, refusal
from tests.local.web_server import WebServer, web_server

TEXT = {"inputs": "A fox jumps over a dog."}


@pytest.fixture
def real_account(monkeypatch: pytest.MonkeyPatch) -> Iterator[WebServer]:
    """SageMaker's runtime in the user's account, with the user's environment to reach it."""
    with web_server({"/endpoints/mine/invocations": (200, [{"generated_text": "from the account"}])}) as served:
        monkeypatch.setenv("AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME", served.url)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAUSERSOWNKEY")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "users-own-secret")
        monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
        monkeypatch.delenv("AWS_PROFILE", raising=False)
        yield served


def test_an_endpoint_of_the_account_is_asked_with_the_users_credentials(
    emulator: Emulator, endpoint: str, real_account: WebServer
) -> None:
    emulator.use_model(ModelOptions(endpoint="mine"))
    assert json.loads(invoke(emulator, endpoint, TEXT)) == [{"generated_text": "from the account"}]
    (came,) = real_account.received
    assert came.json() == TEXT
    assert "Credential=AKIAUSERSOWNKEY/" in came.headers["authorization"]
    assert "/eu-west-1/sagemaker/" in came.headers["authorization"]


def test_the_users_credentials_never_reach_the_emulators_processes(
    emulator: Emulator, endpoint: str, real_account: WebServer
) -> None:
    emulator.use_model(ModelOptions(endpoint="mine"))
    invoke(emulator, endpoint, TEXT)
    environments = [path.read_bytes() for path in processes_of(emulator.folder)]
    assert environments
    assert not any(b"USERSOWNKEY" in each or b"users-own-secret" in each for each in environments)
    assert "users-own-secret" not in emulator.log()


def processes_of(folder: Path) -> list[Path]:
    """Return the environment of each process that was started with the emulator's folder for temporary files."""
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            if f"TMPDIR={folder}".encode() in path.read_bytes():
                found.append(path)
        except OSError:
            continue
    return found


def test_a_refusal_of_the_account_comes_through_as_it_is(
    emulator: Emulator, endpoint: str, real_account: WebServer
) -> None:
    expected = {"Message": "Received server error (503)", "OriginalMessage": "busy", "OriginalStatusCode": 503}
    real_account.responses["/endpoints/mine/invocations"] = (424, expected)
    real_account.headers["x-amzn-ErrorType"] = "ModelError"
    emulator.use_model(ModelOptions(endpoint="mine"))
    response = refusal(emulator, endpoint, TEXT)
    assert response["Error"] == {"Code": "ModelError", "Message": "Received server error (503)"}
    assert (response["OriginalMessage"], response["OriginalStatusCode"]) == ("busy", 503)
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 424


def test_an_account_that_cannot_be_reached_is_unavailable(
    emulator: Emulator, endpoint: str, real_account: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME", "http://127.0.0.1:1")
    emulator.use_model(ModelOptions(endpoint="mine"))
    assert refusal(emulator, endpoint, TEXT)["Error"]["Code"] == "ServiceUnavailable"


def test_an_account_that_does_not_answer_times_out(
    emulator: Emulator, endpoint: str, real_account: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relays, "RUNTIME_SECONDS", 0.05)
    monkeypatch.setattr(relays, "_MARGIN_SECONDS", 0)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME", f"http://127.0.0.1:{silent.getsockname()[1]}")
        emulator.use_model(ModelOptions(endpoint="mine"))
        assert refusal(emulator, endpoint, TEXT)["OriginalStatusCode"] == 0


def test_the_relay_serves_nobody_but_the_emulator_and_ends_with_the_choice(real_account: WebServer) -> None:
    with ExitStack() as choice:
        url = connect(ModelOptions(endpoint="mine"), choice)["relay_url"]
        for path in ("/", "/endpoints/mine/invocations", f"/{'x' * 43}"):
            assert send_request(urljoin(url, path), b"{}", {"Accept": ""}, seconds=5)[0] == 404
        assert not real_account.received
        assert send_request(url, b"{}", {"Accept": ""}, seconds=5)[0] == 200
    with pytest.raises(ConnectionError):
        send_request(url, b"{}", {"Accept": ""}, seconds=5)


def test_another_choice_ends_the_one_before(
    emulator: Emulator, endpoint: str, real_account: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended: list[bool] = []

    def recorded(options: ModelOptions, opened: ExitStack) -> dict[str, Any]:
        opened.callback(ended.append, True)
        return connect(options, opened)

    monkeypatch.setattr(emulators, "connect", recorded)
    emulator.use_model(ModelOptions(endpoint="mine"))
    assert not ended
    emulator.use_model(ModelOptions())
    assert ended == [True]
    assert invoke(emulator, endpoint, TEXT)
    assert not real_account.received


def test_without_credentials_the_choice_fails_at_once(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    with pytest.raises(LocalError, match="finds no AWS credentials of yours"):
        emulator.use_model(ModelOptions(endpoint="mine"))


def test_without_a_region_the_choice_fails_at_once(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, real_account: WebServer
) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    monkeypatch.delenv("AWS_REGION", raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    with pytest.raises(LocalError, match="must specify a region"):
        emulator.use_model(ModelOptions(endpoint="mine"))
