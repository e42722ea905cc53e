"""Settings and status of a deployment: the template writes the settings, people read the status.

Runs on the notebook, as part of the package ``deployment``, on Python 3.9 and newer: AWS chooses that Python.
"""

from __future__ import annotations

import json
import logging
import re
import time
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).resolve().parent
LONGEST_REASON = 400
METADATA = Path("/opt/ml/metadata/resource-metadata.json")


class Settings(NamedTuple):
    """What the template says.

    ``instance_types`` are tried in this order; ``timeout`` is how long the deployment may take, in seconds;
    ``stop_notebook`` and ``accept_eula`` are "true" or "false", as template parameters are.
    ``subnets`` and ``security_groups`` have ids with commas between them, of a model that runs in a VPC.
    """

    model_id: str
    model_version: str
    endpoint_name: str
    instance_types: list[str]
    role_arn: str
    environment: dict[str, str]
    wait_url: str
    region: str
    stop_notebook: str
    tags: list[dict[str, str]]
    timeout: str = "3600"
    accept_eula: str = "false"
    subnets: str = ""
    security_groups: str = ""


class DeploymentFailed(Exception):
    """The model cannot be deployed; the message tells the person who made the stack why."""


def read_settings() -> Settings:
    """Return the settings that lie beside this file."""
    return Settings(**json.loads((FOLDER / "settings.json").read_text()))


def notebook_name() -> str:
    """Return the name that SageMaker has given this notebook."""
    return str(json.loads(METADATA.read_text())["ResourceName"])


def read_status() -> dict[str, str]:
    """Return the content of the status file; nothing before it is first written."""
    path = FOLDER / "deployment_status.json"
    return dict(json.loads(path.read_text())) if path.exists() else {}


def report(settings: Settings, state: str, **more: str) -> None:
    """Write the state (PREPARING, DEPLOYING, IN_SERVICE or FAILED) to the log and, in one stroke, the status file."""
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    logging.info("%s %s", state, " ".join(more.values()))
    status = {
        "started_at": now,
        **(read_status() if state != "PREPARING" else {}),
        "state": state,
        "reason": "",
        "endpoint_name": settings.endpoint_name,
        "model_id": settings.model_id,
        "region": settings.region,
        "updated_at": now,
        **more,
    }
    part = FOLDER / "deployment_status.part"
    part.write_text(json.dumps(status, indent=1))
    part.replace(FOLDER / "deployment_status.json")


def short_reason(error: object) -> str:
    """Return an error's last line as a reason: of bounded length, and without ARNs, which have account ids."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return re.sub(r"arn:\S+", "(ARN)", lines[-1])[:LONGEST_REASON]
