"""Errors of a model's container, as a person understands them, whichever way the container was called."""

from __future__ import annotations

import re

from handlers.common.errors import (
    InvalidRequest,
    ModelFailed,
    ModelInputTooLong,
    ModelTimeout,
    RequestError,
    TooManyRequests,
)

_TOO_LONG_STATUSES = (413, 422)
# vLLM and the Large Model Inference containers say it with 400 or 424, in words.
_TOO_LONG = re.compile(r"maximum (context|model) length|prompt.* is too long", re.IGNORECASE)


def as_model_error(status: int, message: str) -> RequestError:
    """Return what the response of a container with this status means, and SageMaker's message about it."""
    if status in _TOO_LONG_STATUSES or (status < 500 and _TOO_LONG.search(message)):
        return ModelInputTooLong("the prompt is too long for the model")
    if status == 504 or "timed out" in message.lower():
        return ModelTimeout("the model did not answer in time; try again")
    if status == 429:
        return TooManyRequests("the model has too much to do; try again shortly", retry_after=5)
    if 400 <= status < 500:
        return InvalidRequest("the model did not accept the request")
    return ModelFailed("the model failed; try again")
