"""The state of an endpoint, and whether it is ready."""

from __future__ import annotations

from typing import Any, NamedTuple

from botocore.config import Config
from botocore.exceptions import ClientError

from handlers.common.aws import make_client
from handlers.common.settings import read_settings

PAUSED = "paused"
"""The state of a model whose endpoint is taken away for a while."""

# An endpoint that is updated, or rolled back, serves as before; all words that are not here are failures.
_STATES = {
    "InService": "ready",
    "Updating": "ready",
    "SystemUpdating": "ready",
    "RollingBack": "ready",
    "Creating": "starting",
}


class Settings(NamedTuple):
    """What the function's environment says of the endpoint."""

    endpoint_name: str
    absent_state: str


def connect() -> EndpointStatus:
    """Return the state of the endpoint of the function's environment."""
    settings = read_settings(Settings)
    return EndpointStatus(settings.endpoint_name, settings.absent_state)


class EndpointStatus:
    """The state of the endpoint of this name."""

    def __init__(self, name: str, absent_state: str) -> None:
        """Keep the name, and what it means that there is no such endpoint: ``starting``, ``paused`` or ``missing``."""
        self._name = name
        self._absent_state = absent_state
        self._client: Any = None

    def read(self) -> dict[str, object]:
        """Return ``ready``, ``state``, and ``endpoint_status`` (SageMaker's own word, or ``NotFound``)."""
        try:
            status = self._connected().describe_endpoint(EndpointName=self._name)["EndpointStatus"]
        except ClientError as error:
            # DescribeEndpoint has no error of its own for an endpoint that does not exist.
            if error.response["Error"]["Code"] != "ValidationException":
                raise
            status = "NotFound"
        state = self._state(status)
        return {"ready": state == "ready", "state": state, "endpoint_status": status}

    def _state(self, status: str) -> str:
        if status == "Deleting":  # by a pause, or for good
            return PAUSED if self._absent_state == PAUSED else "missing"
        return self._absent_state if status == "NotFound" else _STATES.get(status, "failed")

    def wake(self) -> dict[str, object]:
        """Return the state as it is: an endpoint does not sleep."""
        return self.read()

    def _connected(self) -> Any:
        # Made on first use: only /status needs it, and every cold start would pay for it.
        if self._client is None:
            # Two attempts of eight seconds stay below the function's time-out.
            config = Config(connect_timeout=3, read_timeout=5, retries={"total_max_attempts": 2})
            self._client = make_client("sagemaker", config=config)
        return self._client
