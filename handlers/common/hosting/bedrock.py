"""Amazon Bedrock's runtime: its client, and its errors as a person understands them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserError

from handlers.common.aws import make_client
from handlers.common.errors import (
    ContentFiltered,
    InvalidRequest,
    MalformedResponse,
    ModelAccessDenied,
    ModelFailed,
    ModelInputTooLong,
    ModelNotReady,
    ModelTimeout,
    RequestError,
    TooManyRequests,
)
from handlers.common.logs import logger

from .connection import RETRY_SECONDS, call_config, understood_connection_errors

_TOO_LONG = re.compile(
    r"too long|too many (input )?tokens|(input|context).{0,40}(exceed|length)|exceed.{0,40}token", re.I
)
# Some models refuse with an error what others refuse in their response.
_FILTERED = re.compile(r"content (filter|polic)|filtered words|responsible ai policy", re.I)
# What the operator has to mend: the model is called where, or in a way, that it is not offered.
_NOT_OFFERED = re.compile(r"model identifier is invalid|on-demand throughput|inference profile", re.I)


class Settings(NamedTuple):
    """What the function's environment says of the model: the id to call it by, and the region to call it in."""

    bedrock_model_id: str
    bedrock_region: str


def connect_runtime(region: str, *, function_timeout: int) -> Any:
    """Return the client for a function that may run for so many seconds; it gives up before the function is stopped."""
    return make_client("bedrock-runtime", config=call_config(function_timeout, region=region))


@contextmanager
def understood_errors() -> Iterator[None]:
    """Raise what goes wrong in a call as a RequestError: see ``as_request_error``."""
    try:
        with understood_connection_errors():
            yield
    except ClientError as error:
        raise as_request_error(error.response) from error
    except ResponseParserError as error:
        raise MalformedResponse("the model's response could not be read") from error


def as_request_error(response: Any) -> RequestError:
    """Return what a refusal of the service means to the person at the other end; the operator finds it in the log."""
    code = str(response.get("Error", {}).get("Code", ""))
    message = str(response.get("Error", {}).get("Message", ""))
    report = logger.error if code in _FOR_THE_OPERATOR else logger.warning
    report("Amazon Bedrock refused", extra={"code": code, "reason": message})
    if code == "ValidationException":
        return _as_invalid(message)
    if code in _MEANINGS:
        kind, text, retry_after = _MEANINGS[code]
        return kind(text, retry_after=retry_after)
    return ModelFailed("the model failed; try again")


def _as_invalid(message: str) -> RequestError:
    if _TOO_LONG.search(message):
        return ModelInputTooLong("the prompt is too long for the model")
    if _FILTERED.search(message):
        return ContentFiltered()
    if _NOT_OFFERED.search(message):
        return ModelFailed("the model is not offered here; whoever runs this application has to choose another one")
    return InvalidRequest("the model did not accept the request")


_NOT_AVAILABLE = "the model is not available at the moment"
_BUSY = "the model has too much to do; try again shortly"
_FOR_THE_OPERATOR = ("AccessDeniedException", "ResourceNotFoundException", "ServiceQuotaExceededException")
_MEANINGS: dict[str, tuple[type[RequestError], str, int | None]] = {
    "ThrottlingException": (TooManyRequests, _BUSY, 5),
    "ServiceQuotaExceededException": (TooManyRequests, _BUSY, RETRY_SECONDS),
    "ModelTimeoutException": (ModelTimeout, "the model did not answer in time; try again", None),
    "ModelNotReadyException": (ModelNotReady, "the model is not ready yet; try again in a while", RETRY_SECONDS),
    "ServiceUnavailableException": (ModelNotReady, _NOT_AVAILABLE, RETRY_SECONDS),
    "AccessDeniedException": (
        ModelAccessDenied,
        "access to the model was not granted in this account; whoever runs this application has to ask for it",
        None,
    ),
    "ResourceNotFoundException": (
        ModelFailed,
        "the model is not offered any more; whoever runs this application has to choose another one",
        None,
    ),
}
