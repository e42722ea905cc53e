from __future__ import annotations

import fcntl
import json
import os
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from genai_templates.embedded import supervise
from genai_templates.embedded.deployment_record import DeploymentFailed, Settings, read_status, report

from .conftest import Clock

Put = tuple[str | None, dict[str, str]]


@contextmanager
def _wait_condition(statuses: list[int]) -> Iterator[tuple[str, list[Put]]]:
    """A wait condition that answers with these statuses, one after the other; what was put, with its content type."""
    puts: list[Put] = []

    class Handler(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            puts.append((self.headers["Content-Type"], json.loads(body)))
            self.send_response(statuses[len(puts) - 1])
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/?Signature=x%2By", puts
        server.shutdown()


def _executable(path: Path, script: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@pytest.fixture
def python(folder: Path) -> Path:
    """The Python of an environment that is complete; it does nothing."""
    (folder / "environment").mkdir()
    (folder / "environment" / "complete").touch()
    return _executable(folder / "environment" / "bin" / "python", "exit 0")


def test_the_signal_is_what_a_wait_condition_takes(settings: Settings) -> None:
    with _wait_condition([200]) as (url, puts):
        supervise.send_signal(settings._replace(wait_url=url), "")
    content = {"Status": "SUCCESS", "Reason": "The endpoint is in service", "UniqueId": "model", "Data": "genai-text"}
    assert puts == [("", content)]


def test_a_failure_is_signalled_with_its_reason(settings: Settings) -> None:
    with _wait_condition([200]) as (url, puts):
        supervise.send_signal(settings._replace(wait_url=url), "no quota")
    assert (puts[0][1]["Status"], puts[0][1]["Reason"]) == ("FAILURE", "no quota")


def test_a_signal_that_gets_lost_is_sent_again(settings: Settings, clock: Clock) -> None:
    with _wait_condition([503, 500, 200]) as (url, puts):
        supervise.send_signal(settings._replace(wait_url=url), "")
    assert len(puts) == 3
    assert clock.pauses == [2, 10]


def test_a_signal_that_is_refused_is_not_sent_again(settings: Settings, clock: Clock) -> None:
    with _wait_condition([403]) as (url, puts):
        supervise.send_signal(settings._replace(wait_url=url), "")
    assert len(puts) == 1
    assert clock.pauses == []


def test_sending_the_signal_ends_when_nobody_listens(settings: Settings, clock: Clock) -> None:
    supervise.send_signal(settings, "")
    assert clock.pauses == list(supervise.SIGNAL_PAUSES)


def test_the_installation_is_tried_again(folder: Path, clock: Clock) -> None:
    command = _executable(folder / "flaky", f'echo x >>"{folder}/tries"; [ "$(wc -l <"{folder}/tries")" -ge 3 ]')
    supervise.run([command], clock.now + 60)
    assert clock.pauses == [10, 30]


def test_an_installation_that_keeps_failing_gives_its_last_words(folder: Path, clock: Clock) -> None:
    command = _executable(folder / "broken", "echo first; echo 'ERROR: No matching distribution' >&2; exit 1")
    with pytest.raises(DeploymentFailed, match=r"could not be installed: ERROR: No matching distribution$"):
        supervise.run([command], clock.now + 60)


def test_the_environment_is_made_once(folder: Path, python: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commands: list[list[str]] = []
    monkeypatch.setattr(supervise, "run", lambda command, deadline: commands.append([str(word) for word in command]))
    (folder / "environment" / "complete").unlink()
    supervise.prepare(python, 0)
    supervise.prepare(python, 0)
    environment = folder / "environment"
    assert commands == [
        [sys.executable, "-m", "venv", "--clear", str(environment)],
        [str(python), "-m", "pip", "install", "--no-input", "--requirement", str(folder / "requirements.txt")],
    ]


def test_a_preparation_that_fails_is_the_reason(
    folder: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def prepare(python: Path, deadline: float) -> None:
        raise DeploymentFailed("the SageMaker SDK could not be installed: no network")

    monkeypatch.setattr(supervise, "prepare", prepare)
    assert supervise.supervise(settings, folder / "python").endswith("no network")


def test_a_deployment_in_service_has_no_reason(
    python: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervise, "prepare", lambda python, deadline: report(settings, "IN_SERVICE"))
    assert supervise.supervise(settings, python) == ""


def test_the_reason_of_the_deployment_is_passed_on(
    python: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervise, "prepare", lambda python, deadline: report(settings, "FAILED", reason="no quota"))
    assert supervise.supervise(settings, python) == "no quota"


def test_a_deployment_that_dies_is_a_failure(python: Path, settings: Settings) -> None:
    _executable(python, "kill -9 $$")
    assert supervise.supervise(settings, python) == "the deployment ended with code -9 and gave no reason"


def test_a_deployment_that_hangs_is_ended(python: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    _executable(python, "exec sleep 60")
    monkeypatch.setattr(supervise, "GRACE", 0)
    reason = supervise.supervise(settings._replace(timeout="0.2"), python)
    assert reason == "the deployment did not finish within 0.2 s (parameter ModelTimeout)"


def test_a_python_too_old_for_the_sdk_is_said_at_once(
    python: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervise, "OLDEST_PYTHON", (99, 0))
    assert "3.10 or newer" in supervise.supervise(settings, python)


def test_a_deployment_has_the_time_that_was_chosen_and_a_grace(
    python: Path, settings: Settings, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[tuple[float, float]] = []

    def run_step(settings: Settings, python: Path, step: str, seconds: str, *, timeout: float) -> int:
        given.append((float(seconds), timeout))
        return 0

    monkeypatch.setattr(supervise, "run_step", run_step)
    supervise.supervise(settings, python)
    assert given == [(600, 630)]


def test_the_steps_run_in_the_region_and_with_retries(folder: Path, python: Path, settings: Settings) -> None:
    _executable(python, f'echo "$AWS_DEFAULT_REGION $AWS_RETRY_MODE $AWS_MAX_ATTEMPTS $*" >"{folder}/said"')
    supervise.run_step(settings, python, "deploy", "60", timeout=30)
    assert (folder / "said").read_text() == "us-east-1 standard 8 -m genai_templates.embedded.deploy_model deploy 60\n"


@pytest.mark.parametrize(
    ("stop", "reason", "steps"), [("true", "", ["stop"]), ("true", "no quota", []), ("false", "", [])]
)
def test_the_notebook_is_stopped_after_a_success_when_that_is_wanted(
    folder: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch, stop: str, reason: str, steps: list[str]
) -> None:
    done: list[str] = []
    monkeypatch.setattr(supervise, "read_settings", lambda: settings._replace(stop_notebook=stop))
    monkeypatch.setattr(supervise, "supervise", lambda settings, python: reason)
    monkeypatch.setattr(supervise, "send_signal", lambda settings, reason: done.append(f"signal {reason}"))
    monkeypatch.setattr(supervise, "run_step", lambda settings, python, *step, timeout: done.append(*step))
    supervise.main()
    assert done == [f"signal {reason}", *steps]


def test_a_failure_stands_in_the_status_before_it_is_signalled(
    folder: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[dict[str, str]] = []
    monkeypatch.setattr(supervise, "supervise", lambda settings, python: "no network")
    monkeypatch.setattr(supervise, "send_signal", lambda settings, reason: seen.append(read_status()))
    supervise.main()
    assert [(status["state"], status["reason"]) for status in seen] == [("FAILED", "no network")]


def test_two_runs_at_once_send_one_signal(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervise, "supervise", lambda settings, python: pytest.fail("the second run went on"))
    with open(folder / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        supervise.main()


def test_it_needs_nothing_but_the_standard_library(folder: Path) -> None:
    package = folder / "deployment"
    package.mkdir()
    for name in ("supervise.py", "deployment_record.py", "deployment_log.py"):
        (package / name).write_text((Path(supervise.__file__).parent / name).read_text())
    command = [
        sys.executable,
        "-I",
        "-S",
        "-c",
        f"import sys; sys.path.insert(0, {str(folder)!r}); import deployment.supervise",
    ]
    subprocess.run(command, check=True, env={"PATH": os.environ["PATH"]})
