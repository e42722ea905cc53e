"""The status of the model endpoint, and whether it is ready."""

from __future__ import annotations

from typing import Any

from botocore.config import Config
from botocore.exceptions import ClientError

from .aws import make_client

_clients: dict[str, Any] = {}


def _client() -> Any:
    # Made on first use: only /status needs it, and every cold start would pay for it.
    if "sagemaker" not in _clients:
        # Two attempts of eight seconds stay below the function's time-out.
        config = Config(connect_timeout=3, read_timeout=5, retries={"total_max_attempts": 2})
        _clients["sagemaker"] = make_client("sagemaker", config=config)
    return _clients["sagemaker"]


def endpoint_status(endpoint_name: str) -> dict[str, object]:
    """Return ``ready`` and ``endpoint_status`` (SageMaker's own word, or ``NotFound``)."""
    try:
        status = _client().describe_endpoint(EndpointName=endpoint_name)["EndpointStatus"]
    except ClientError as error:
        # DescribeEndpoint has no error of its own for an endpoint that does not exist.
        if error.response["Error"]["Code"] != "ValidationException":
            raise
        status = "NotFound"
    return {"ready": status in ("InService", "Updating"), "endpoint_status": status}
