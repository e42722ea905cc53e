"""An asynchronous endpoint: takes requests at any time, with no instance too, and responds through S3.

The request goes through S3 as well: the way of the inline body is younger than the SDK that Lambda may have, and one
way that always works is better than two.
"""

from __future__ import annotations

import json
import uuid
from typing import Any, NamedTuple, NoReturn

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from handlers.common.aws import make_client
from handlers.common.errors import ModelFailed, ModelNotReady, RequestError, TooManyRequests
from handlers.common.logs import logger
from handlers.common.settings import read_settings

from . import ResultComesLater

_RETRY_SECONDS = 30
_THROTTLED = ("ThrottlingException", "Throttling", "TooManyRequestsException")
_NOT_READY = ("ValidationError", "ServiceUnavailable", "ServiceUnavailableException")


class Settings(NamedTuple):
    """What the function's environment says of the endpoint, its bucket and its limits."""

    endpoint_name: str
    inference_bucket: str
    request_ttl_seconds: int
    invocation_timeout_seconds: int


def connect(*, function_timeout: int) -> AsynchronousEndpoint:
    """Return the endpoint of the function's environment."""
    return AsynchronousEndpoint(read_settings(Settings), function_timeout=function_timeout)


class AsynchronousEndpoint:
    """The endpoint, for a function that may run for so many seconds."""

    def __init__(self, settings: Settings, *, function_timeout: int) -> None:
        """Make the clients, which give up before the function is stopped."""
        self._settings = settings
        seconds = min(20, function_timeout)
        # Called once here: where it fails, Lambda tries again. To store an object twice does no harm.
        once = Config(connect_timeout=3, read_timeout=seconds, retries={"total_max_attempts": 1})
        again = once.merge(Config(retries={"mode": "standard", "total_max_attempts": 3}))
        self.client = make_client("sagemaker-runtime", config=once)
        self.s3 = make_client("s3", config=again)

    def invoke(self, body: object, *, accept: str = "application/json", inference_id: str = "") -> NoReturn:
        """Put the body into the bucket and the request into the endpoint's queue, and raise ResultComesLater.

        Raises ModelNotReady, TooManyRequests or ModelFailed where the endpoint does not take it.
        """
        inference_id = inference_id or uuid.uuid4().hex
        bucket, key = self._settings.inference_bucket, f"requests/{inference_id}.json"
        self.s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(body).encode(), ContentType="application/json")
        response = self._hand_over(f"s3://{bucket}/{key}", accept, inference_id)
        raise ResultComesLater(
            result=response["OutputLocation"],
            failure=response.get("FailureLocation", ""),
            seconds=self._settings.request_ttl_seconds + self._settings.invocation_timeout_seconds,
        )

    def _hand_over(self, location: str, accept: str, inference_id: str) -> Any:
        try:
            return self.client.invoke_endpoint_async(
                EndpointName=self._settings.endpoint_name,
                InputLocation=location,
                ContentType="application/json",
                Accept=accept,
                InferenceId=inference_id,
                RequestTTLSeconds=self._settings.request_ttl_seconds,
                InvocationTimeoutSeconds=self._settings.invocation_timeout_seconds,
            )
        except ClientError as error:
            raise _as_request_error(error.response["Error"]["Code"]) from error
        except BotoCoreError as error:
            raise ModelNotReady("the model cannot be reached at the moment", retry_after=_RETRY_SECONDS) from error


def _as_request_error(code: str) -> RequestError:
    logger.warning("the endpoint refused", extra={"code": code})
    if code in _THROTTLED:
        return TooManyRequests("the model has too much to do; try again shortly", retry_after=5)
    if code in _NOT_READY:
        return ModelNotReady("the model is not ready yet; try again in a while", retry_after=_RETRY_SECONDS)
    return ModelFailed("the model could not be called; try again later")
