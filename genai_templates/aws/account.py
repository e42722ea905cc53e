"""The AWS account and region that commands work in, and the clients of its services."""

from __future__ import annotations

import importlib.util
import os
import threading
from functools import cached_property
from typing import Any, NamedTuple

from ..errors import AwsError
from .failures import classify, translated

_PACKAGES = ("boto3", "rich", "cfnlint")
_ATTEMPTS = 6
_CONNECT_SECONDS = 5
_READ_SECONDS = 30


class Identity(NamedTuple):
    """Who calls: the account's id, the caller's ARN, and the partition, such as ``aws``."""

    account_id: str
    arn: str
    partition: str


class Account:
    """An AWS account and one of its regions, as the SDK finds them in environment, profile and instance.

    ``profile`` and ``region`` are chosen before what the environment says. Raises AwsError when there is no region, the
    profile does not exist, or the packages of the extra ``aws`` are missing. A call waits 5 seconds for a connection,
    30 for a response, and is tried six times unless ``AWS_MAX_ATTEMPTS`` says otherwise.
    """

    def __init__(self, *, profile: str | None = None, region: str | None = None) -> None:
        _check_packages()
        import boto3
        from botocore.session import Session

        with translated():
            # boto3 itself reads AWS_DEFAULT_REGION alone; the command line of AWS reads AWS_REGION first.
            core = Session(profile=profile)
            self._attempts = core.get_config_variable("max_attempts")
            self._session = boto3.Session(
                botocore_session=core, region_name=region or os.environ.get("AWS_REGION") or None
            )
        if not self._session.region_name:
            raise AwsError(f"no region: none is configured\n  {classify('NoRegion').advice}", "no region")
        self.region = self._session.region_name
        self._clients: dict[tuple[str, str], Any] = {}
        self._making_client = threading.Lock()

    @cached_property
    def identity(self) -> Identity:
        """Who calls; raises AwsError without valid credentials."""
        with translated():
            found = self.client("sts").get_caller_identity()
        return Identity(found["Account"], found["Arn"], found["Arn"].split(":")[1])

    @property
    def partition(self) -> str:
        """The partition of the region, such as ``aws``, by the SDK's list; raises AwsError for one it lacks."""
        with translated():
            return str(self._session.get_partition_for_region(self.region))

    def client(self, service: str, region: str | None = None) -> Any:
        """Return the client of a service, in this region or another one; it may be used by several threads."""
        from botocore.config import Config

        retries: dict[str, Any] = {"mode": "standard"}
        if self._attempts is None:
            retries["total_max_attempts"] = _ATTEMPTS
        config = Config(
            retries=retries,  # type: ignore[arg-type]
            connect_timeout=_CONNECT_SECONDS,
            read_timeout=_READ_SECONDS,
            user_agent_extra="genai-templates",
        )
        key = service, region or self.region
        with self._making_client:  # making a client is not safe in several threads at once
            if key not in self._clients:
                with translated():
                    self._clients[key] = self._session.client(service, key[1], config=config)  # type: ignore[call-overload]
            return self._clients[key]


def _check_packages() -> None:
    if missing := [name for name in _PACKAGES if importlib.util.find_spec(name) is None]:
        raise AwsError(f"{', '.join(missing)} is missing: install 'genai-templates[aws]'")
