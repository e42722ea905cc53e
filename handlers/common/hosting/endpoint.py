"""A real-time endpoint: calls it, and turns what can go wrong there into errors that a person understands."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from handlers.common.aws import make_client
from handlers.common.errors import (
    ModelFailed,
    ModelNotReady,
    ModelPaused,
    TooManyRequests,
)
from handlers.common.logs import logger
from handlers.common.settings import read_settings

from .connection import RETRY_SECONDS, call_config, understood_connection_errors
from .container_errors import as_model_error
from .endpoint_status import PAUSED, EndpointStatus

_PAUSED_RETRY_SECONDS = 300
_NOT_READY_CODES = (
    "ServiceUnavailable",
    "ServiceUnavailableException",
    "InternalDependencyException",
    "ModelNotReadyException",
)


class Settings(NamedTuple):
    """What the function's environment says of the endpoint."""

    endpoint_name: str
    absent_state: str


def connect(*, function_timeout: int) -> Endpoint:
    """Return the endpoint of the function's environment."""
    name, absent_state = read_settings(Settings)
    return Endpoint(name, function_timeout=function_timeout, can_be_paused=absent_state == PAUSED)


class Endpoint:
    """The model endpoint, for a function that may run for so many seconds."""

    def __init__(
        self,
        name: str,
        *,
        function_timeout: int,
        target: Mapping[str, str] | None = None,
        can_be_paused: bool = False,
    ) -> None:
        """Make the client, which gives up before the function is stopped.

        ``target`` are the parameters of InvokeEndpoint that say what at the endpoint is called, if it has several.
        ``can_be_paused`` says that an endpoint that is not there is one that somebody has taken away for a while.
        """
        self._status = EndpointStatus(name, PAUSED) if can_be_paused else None
        self._target: Any = {"EndpointName": name, **(target or {})}
        self.client = make_client("sagemaker-runtime", config=call_config(function_timeout))

    def invoke(self, body: object, *, accept: str = "application/json", inference_id: str = "") -> bytes:
        """Send the body as JSON to the endpoint and return the body of its response.

        Raises ModelNotReady, ModelPaused, TooManyRequests, ModelTimeout, ModelInputTooLong, InvalidRequest or
        ModelFailed.
        """
        try:
            with understood_connection_errors():
                response = self.client.invoke_endpoint(
                    **self._target,
                    Body=json.dumps(body).encode(),
                    ContentType="application/json",
                    Accept=accept,
                )
                return bytes(response["Body"].read())
        except ClientError as error:
            raise (self._pause(error) or _as_request_error(error.response)) from error

    def _pause(self, error: ClientError) -> ModelPaused | None:
        """Return the error of a paused model, if this is what SageMaker says of one.

        It says the same of an endpoint that is being made, as after a pause.
        """
        if self._status is None or error.response["Error"]["Code"] != "ValidationError":
            return None
        try:
            state = self._status.read()["state"]
        except (ClientError, BotoCoreError):
            logger.warning("the endpoint's state could not be read")
            return None
        message = "the model is paused; whoever runs this service can resume it"
        return ModelPaused(message, retry_after=_PAUSED_RETRY_SECONDS) if state == PAUSED else None


def _as_request_error(response: Any) -> Exception:
    code = response.get("Error", {}).get("Code", "")
    message = str(response.get("Error", {}).get("Message", ""))
    logger.warning("the endpoint refused", extra={"code": code, "status": response.get("OriginalStatusCode")})
    if code == "ValidationError":
        return ModelNotReady("the model is not ready yet; try again in a while", retry_after=RETRY_SECONDS)
    if code in _NOT_READY_CODES:
        return ModelNotReady("the model is not available at the moment", retry_after=RETRY_SECONDS)
    if code in ("ThrottlingException", "Throttling", "TooManyRequestsException"):
        return TooManyRequests("the model has too much to do; try again shortly", retry_after=5)
    if code == "ModelError":
        return as_model_error(int(response.get("OriginalStatusCode") or 500), message)
    return ModelFailed("the model could not be called; try again later")
