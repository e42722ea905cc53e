"""Errors that a client of the API is told about, each with its status and code."""

from __future__ import annotations

from typing import ClassVar, NamedTuple


class FieldProblem(NamedTuple):
    """What is wrong with one field of a request."""

    field: str
    message: str


class RequestError(Exception):
    """Base of the errors that become an answer; the message is for the person at the other end.

    ``retry_after`` is in seconds. A message never holds an ARN, an account id or a trace.
    """

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal_error"

    def __init__(self, message: str, *, details: tuple[FieldProblem, ...] = (), retry_after: int | None = None) -> None:
        """Keep what the answer will say."""
        super().__init__(message)
        self.message = message
        self.details = details
        self.retry_after = retry_after


class InvalidRequest(RequestError):
    """The request cannot be served as it is."""

    status = 400
    code = "invalid_request"


class ModelInputTooLong(InvalidRequest):
    """The model's window is too small for the prompt."""


class NotFound(RequestError):
    """There is no such thing."""

    status = 404
    code = "not_found"


class Conflict(RequestError):
    """The idempotency key was used for another request."""

    status = 409
    code = "conflict"


class PayloadTooLarge(RequestError):
    """The body is larger than the API takes."""

    status = 413
    code = "payload_too_large"


class TooManyRequests(RequestError):
    """The model has more to do than it can."""

    status = 429
    code = "too_many_requests"


class Unavailable(RequestError):
    """A service that the application needs refuses at the moment; nothing is lost by trying again."""

    status = 503
    code = "unavailable"


class ModelFailed(RequestError):
    """The model answered with a failure, or with something that is no answer."""

    status = 502
    code = "model_failed"


class ModelNotReady(RequestError):
    """The endpoint does not exist yet, or is not in service."""

    status = 503
    code = "model_not_ready"


class ModelTimeout(RequestError):
    """The model did not answer in time."""

    status = 504
    code = "model_timeout"
