"""Errors that become responses of the API, each with its status and code."""

from __future__ import annotations

from typing import ClassVar, NamedTuple


class FieldProblem(NamedTuple):
    """What is wrong with one field of a request."""

    field: str
    message: str


class RequestError(Exception):
    """Base of the errors that become a response; its message is for the person at the other end.

    ``retry_after`` is in seconds. A message never holds an ARN, an account id or a trace. ``reason`` is a word for
    programs, where a code has several reasons.
    """

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal_error"
    reason = ""

    def __init__(self, message: str, *, details: tuple[FieldProblem, ...] = (), retry_after: int | None = None) -> None:
        """Keep what the response will say."""
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


class ContentFiltered(InvalidRequest):
    """A filter refused the prompt, or what the model made of it.

    That is a bad request in both cases: sent again it is refused again, and worded in another way it may not be.
    Without arguments it is the model's own filter; which of the two that refused, the services do not always tell.
    """

    code = "content_filtered"

    def __init__(
        self,
        message: str = "the model's content filter refused the prompt or what came of it; word it in another way",
        *,
        reason: str = "model_filter",
        details: tuple[FieldProblem, ...] = (),
    ) -> None:
        """Keep the class of what was found, and what the response will say."""
        super().__init__(message, details=details)
        self.reason = reason


class NotFound(RequestError):
    """The path, the method or the job does not exist."""

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


class DailyLimitReached(RequestError):
    """The caller has sent as many requests to the model as a day may have."""

    status = 429
    code = "daily_limit_reached"


class Unavailable(RequestError):
    """A service that the application needs refuses at the moment; nothing is lost by trying again."""

    status = 503
    code = "unavailable"


class FilterUnavailable(Unavailable):
    """A content filter cannot look at a text or an image, so nobody gets to see it."""


class ModelFailed(RequestError):
    """The model failed, or its response cannot be used."""

    status = 502
    code = "model_failed"


class MalformedResponse(ModelFailed):
    """The model's response is not what it must be, and would not be at another try."""

    code = "malformed_response"


class ModelNotReady(RequestError):
    """The endpoint does not exist yet, or is not in service."""

    status = 503
    code = "model_not_ready"


class ModelAsleep(RequestError):
    """The model has been idle and sleeps; the request has woken it, and has to be sent again."""

    status = 503
    code = "model_asleep"


class ModelPaused(RequestError):
    """Whoever runs the stack has paused the model: it comes back when they resume it, and nothing else helps."""

    status = 503
    code = "model_paused"


class ModelTimeout(RequestError):
    """The model did not answer in time."""

    status = 504
    code = "model_timeout"


class ModelAccessDenied(ModelFailed):
    """The account has no access to the model."""

    code = "model_access_denied"
