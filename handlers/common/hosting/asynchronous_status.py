"""The state of an asynchronous endpoint, which takes requests with no instance too, and responses nobody was told of.

A result is seen by nobody but who asks for its job. So it is looked for when a job is shown: what no schedule has to
do for an idle stack, and at once instead of at the schedule's next turn.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from handlers.common.aws import make_client
from handlers.common.logs import logger
from handlers.common.settings import read_settings

# Two attempts of eight seconds stay below the function's time-out.
_CONFIG = Config(connect_timeout=3, read_timeout=5, retries={"total_max_attempts": 2})
# An endpoint that is updated, or rolled back, serves as before; all words that are in neither are failures.
_SERVING = ("InService", "Updating", "SystemUpdating", "RollingBack")
_STATES = {"NotFound": "missing", "Deleting": "missing", "Creating": "starting"}


class Settings(NamedTuple):
    """What the function's environment says of the endpoint, its bucket and the function that completes jobs."""

    endpoint_name: str
    inference_bucket: str
    complete_function: str


def connect() -> AsynchronousStatus:
    """Return the state of the endpoint of the function's environment."""
    return AsynchronousStatus(read_settings(Settings).endpoint_name)


def connect_late_results() -> LateObjects:
    """Return what looks for responses in the bucket of the function's environment."""
    settings = read_settings(Settings)
    return LateObjects(settings.inference_bucket, complete_function=settings.complete_function)


class AsynchronousStatus:
    """The state of the endpoint of this name."""

    def __init__(self, name: str) -> None:
        """Keep the name."""
        self._name = name
        self._client: Any = None

    def read(self) -> dict[str, object]:
        """Return ``ready``, ``state``, and ``endpoint_status`` (SageMaker's own word, or ``NotFound``).

        An endpoint without an instance is ready: it takes jobs at once, and they wait.
        """
        try:
            described = self._connected().describe_endpoint(EndpointName=self._name)
        except ClientError as error:
            # DescribeEndpoint has no error of its own for an endpoint that does not exist.
            if error.response["Error"]["Code"] != "ValidationException":
                raise
            described = {"EndpointStatus": "NotFound"}
        status = described["EndpointStatus"]
        takes_jobs = status in _SERVING
        state = _state_of(described) if takes_jobs else _STATES.get(status, "failed")
        return {"ready": takes_jobs, "state": state, "endpoint_status": status}

    def wake(self) -> dict[str, object]:
        """Return the state as it is: a job wakes the endpoint."""
        return self.read()

    def _connected(self) -> Any:
        # Made on first use: only /status needs it, and every cold start would pay for it.
        if self._client is None:
            self._client = make_client("sagemaker", config=_CONFIG)
        return self._client


def _state_of(described: dict[str, Any]) -> str:
    """Return the state of an endpoint that takes jobs, by the instances that it has and is to have."""
    variants = described.get("ProductionVariants", [])
    if any(each.get("CurrentInstanceCount", 0) for each in variants):
        return "ready"
    return "waking" if any(each.get("DesiredInstanceCount", 0) for each in variants) else "asleep"


class LateObjects:
    """Responses in the bucket of this name; they are handed to the function that completes jobs."""

    def __init__(self, bucket: str, *, complete_function: str) -> None:
        """Make the clients."""
        self._bucket = bucket
        self._function = complete_function
        self._s3 = make_client("s3", config=_CONFIG)
        self._lambda = make_client("lambda", config=_CONFIG)

    def look(self, job_id: str, *, hand_over: int, result: str, failure: str) -> None:
        """Have the job completed if one of these objects is there; what cannot be done now, the next look does."""
        found = {"job_id": job_id, "hand_over": hand_over}
        try:
            if self._exists(result):
                self._complete({**found, "result": result})
            elif failure and self._exists(failure):
                self._complete({**found, "failure": failure})
        except (ClientError, BotoCoreError):
            logger.warning("the result could not be looked for", extra={"job_id": job_id})

    def _exists(self, location: str) -> bool:
        key = location.removeprefix(f"s3://{self._bucket}/")
        listed = self._s3.list_objects_v2(Bucket=self._bucket, Prefix=key, MaxKeys=1)
        return any(each["Key"] == key for each in listed.get("Contents", ()))

    def _complete(self, event: dict[str, object]) -> None:
        logger.warning("nobody was told of a result", extra={"job_id": event["job_id"]})
        self._lambda.invoke(FunctionName=self._function, InvocationType="Event", Payload=json.dumps(event).encode())
