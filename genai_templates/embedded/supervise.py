"""Prepares the deployment of the model, sees to it that it ends in time, and tells the stack how it went.

Run by the notebook's own Python with the standard library alone, so that it can still send the signal when the SDK
cannot be installed, or hangs. It may be run again: ``python -m deployment.supervise`` beside the folder.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from .deployment_log import start_log
from .deployment_record import (
    FOLDER,
    DeploymentFailed,
    Settings,
    read_settings,
    read_status,
    report,
    short_reason,
)

# What the pinned packages need.
OLDEST_PYTHON = (3, 10)
# Seconds between tries; after the last one there is nothing to wait for.
INSTALL_PAUSES = (10, 30, 0)
SIGNAL_PAUSES = (2, 10, 30, 90, 0)
# Seconds beyond the deployment's own limit, after which it is ended.
GRACE = 30


def main() -> None:
    """Deploy and signal; where another process is at it already, leave it to that one."""
    with open(FOLDER / "lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            logging.warning("Another deployment is under way.")
            return
        settings = read_settings()
        python = FOLDER / "environment" / "bin" / "python"
        reason = supervise(settings, python)
        if reason:
            report(settings, "FAILED", reason=reason)
        send_signal(settings, reason)
        # A notebook whose deployment failed is left running, for people to look at.
        if settings.stop_notebook == "true" and not reason:
            run_step(settings, python, "stop", timeout=60)


def supervise(settings: Settings, python: Path) -> str:
    """Prepare and deploy within the time-out; return the reason of a failure, or nothing."""
    deadline = time.monotonic() + float(settings.timeout)
    if sys.version_info < OLDEST_PYTHON:
        return "this notebook has no Python that the SageMaker SDK runs on: 3.10 or newer is needed"
    try:
        report(settings, "PREPARING")
        prepare(python, deadline)
        left = deadline - time.monotonic()
        code = run_step(settings, python, "deploy", str(left), timeout=left + GRACE)
    except subprocess.TimeoutExpired:
        return f"the deployment did not finish within {settings.timeout} s (parameter ModelTimeout)"
    except Exception as error:
        logging.exception("The preparation failed.")
        return short_reason(error)
    status = read_status()
    if status["state"] == "IN_SERVICE":
        return ""
    return status["reason"] or f"the deployment ended with code {code} and gave no reason"


def prepare(python: Path, deadline: float) -> None:
    """Make the SDK's own environment: what a notebook has preinstalled changes, and has no JumpStartModel any more."""
    environment = python.parent.parent
    if (environment / "complete").exists():
        return
    run([sys.executable, "-m", "venv", "--clear", environment], deadline)
    run([python, "-m", "pip", "install", "--no-input", "--requirement", FOLDER / "requirements.txt"], deadline)
    (environment / "complete").touch()


def run(command: Sequence[str | Path], deadline: float) -> None:
    """Run a command, and again when it fails; raise DeploymentFailed with its last words when it fails every time."""
    for pause in INSTALL_PAUSES:
        left = deadline - time.monotonic()
        result = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=left, check=False
        )
        logging.info("%s\n%s", " ".join(map(str, command)), result.stdout)
        if result.returncode == 0:
            return
        time.sleep(pause)
    raise DeploymentFailed(f"the SageMaker SDK could not be installed: {short_reason(result.stdout)}")


def run_step(settings: Settings, python: Path, *step: str, timeout: float) -> int:
    """Run a step that needs the SDK, in its environment, and return its exit code."""
    environment = {
        **os.environ,
        "AWS_DEFAULT_REGION": settings.region,
        "AWS_RETRY_MODE": "standard",
        "AWS_MAX_ATTEMPTS": "8",
        "SAGEMAKER_SUPPRESS_V2_WARNING": "1",
    }
    command: list[str | Path] = [python, "-m", f"{__package__}.deploy_model", *step]
    return subprocess.run(command, env=environment, cwd=FOLDER.parent, timeout=timeout, check=False).returncode


def send_signal(settings: Settings, reason: str) -> None:
    """Tell the wait condition; a repeated signal has the same id and so counts once."""
    content = {
        "Status": "FAILURE" if reason else "SUCCESS",
        "Reason": reason or "The endpoint is in service",
        "UniqueId": "model",
        "Data": settings.endpoint_name,
    }
    body = json.dumps(content).encode()
    # The URL is signed for an empty content type.
    request = urllib.request.Request(settings.wait_url, body, {"Content-Type": ""}, method="PUT")
    for pause in SIGNAL_PAUSES:
        try:
            urllib.request.urlopen(request, timeout=30).close()
            return
        except OSError as error:
            logging.warning("The signal was not taken: %s", error)
            if isinstance(error, urllib.error.HTTPError) and error.code < 500:
                return  # such as 403: the URL has expired, and the stack no longer waits
            time.sleep(pause)


if __name__ == "__main__":
    start_log()
    main()
