"""The state of an inference component, which has no copy while it sleeps, and how it is woken."""

from __future__ import annotations

import threading
from typing import Any, NamedTuple

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from handlers.common.aws import make_client
from handlers.common.logs import logger
from handlers.common.settings import read_settings

_STATES = {"NotFound": "missing", "Deleting": "missing", "Failed": "failed", "Creating": "starting"}


class Settings(NamedTuple):
    """What the function's environment says of the component."""

    component_name: str


def connect() -> ComponentStatus:
    """Return the state of the component of the function's environment."""
    return ComponentStatus(read_settings(Settings).component_name)


class ComponentStatus:
    """The state of the inference component of this name."""

    def __init__(self, name: str) -> None:
        """Keep the name."""
        self._name = name
        self._client: Any = None
        self._lock = threading.Lock()
        self._attempts = 0

    def read(self) -> dict[str, object]:
        """Return ``ready``, ``state``, and ``endpoint_status`` (SageMaker's own word, or ``NotFound``)."""
        status, wanted, running = self._describe()
        state = _STATES.get(status) or ("ready" if running else "waking" if wanted else "asleep")
        return {"ready": state == "ready", "state": state, "endpoint_status": status}

    def wake(self) -> dict[str, object]:
        """Wake the component if it is asleep, and return its state then."""
        found = self.read()
        if found["state"] != "asleep":
            return found
        self.start_copy()
        return self.read()

    def start_copy(self) -> None:
        """Have one copy of a component that has none.

        A failure is logged and no more: calls that are refused for want of a copy wake the component too, by an alarm,
        a minute later. Of calls at the same time, as for the parts of a text, one reaches SageMaker, and all wait for
        it: Lambda may stop the function as soon as the first has responded.
        """
        attempts = self._attempts
        with self._lock:
            if self._attempts > attempts:
                return
            try:
                self._connected().update_inference_component_runtime_config(
                    InferenceComponentName=self._name, DesiredRuntimeConfig={"CopyCount": 1}
                )
            except (ClientError, BotoCoreError) as error:
                logger.warning("the model could not be woken directly", extra={"reason": type(error).__name__})
            finally:
                self._attempts += 1

    def _describe(self) -> tuple[str, int, int]:
        """Return the status, and how many copies are wanted and run."""
        try:
            described = self._connected().describe_inference_component(InferenceComponentName=self._name)
        except ClientError as error:
            # DescribeInferenceComponent has no error of its own for a component that does not exist.
            if error.response["Error"]["Code"] != "ValidationException":
                raise
            return "NotFound", 0, 0
        copies = described.get("RuntimeConfig", {})
        return (
            described["InferenceComponentStatus"],
            copies.get("DesiredCopyCount", 0),
            copies.get("CurrentCopyCount", 0),
        )

    def _connected(self) -> Any:
        # Made on first use: the cold start of a function whose model is awake does not pay for it.
        if self._client is None:
            # Two attempts of eight seconds stay below the function's time-out.
            config = Config(connect_timeout=3, read_timeout=5, retries={"total_max_attempts": 2})
            self._client = make_client("sagemaker", config=config)
        return self._client
