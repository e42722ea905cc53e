"""The state of an endpoint, and whether it is ready."""

from __future__ import annotations

from typing import Any, NamedTuple

from botocore.config import Config
from botocore.exceptions import ClientError

from handlers.common.aws import make_client
from handlers.common.settings import read_settings


class Settings(NamedTuple):
    """What the function's environment says of the endpoint."""

    endpoint_name: str


def connect() -> EndpointStatus:
    """Return the state of the endpoint of the function's environment."""
    return EndpointStatus(read_settings(Settings).endpoint_name)


class EndpointStatus:
    """The state of the endpoint of this name."""

    def __init__(self, name: str) -> None:
        """Keep the name."""
        self._name = name
        self._client: Any = None

    def read(self) -> dict[str, object]:
        """Return ``ready`` and ``endpoint_status`` (SageMaker's own word, or ``NotFound``)."""
        try:
            status = self._connected().describe_endpoint(EndpointName=self._name)["EndpointStatus"]
        except ClientError as error:
            # DescribeEndpoint has no error of its own for an endpoint that does not exist.
            if error.response["Error"]["Code"] != "ValidationException":
                raise
            status = "NotFound"
        return {"ready": status in ("InService", "Updating"), "endpoint_status": status}

    def _connected(self) -> Any:
        # Made on first use: only /status needs it, and every cold start would pay for it.
        if self._client is None:
            # Two attempts of eight seconds stay below the function's time-out.
            config = Config(connect_timeout=3, read_timeout=5, retries={"total_max_attempts": 2})
            self._client = make_client("sagemaker", config=config)
        return self._client
