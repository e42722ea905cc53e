"""Where the model lives: a module for each way in which it is called, and one for each in which its state is read.

A function's environment names the module, and that one alone is loaded: each brings clients that a cold start pays for.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, Protocol


class ResultComesLater(Exception):
    """The model has taken a request, and its response will be an object in S3: nothing has gone wrong.

    ``result`` and ``failure`` are the S3 URIs of the response of a model that succeeds and of one that fails; after
    ``seconds`` neither comes any more.
    """

    def __init__(self, *, result: str, failure: str, seconds: int) -> None:
        """Keep where the response will be, and how long that may take."""
        super().__init__("the model's response comes later")
        self.result = result
        self.failure = failure
        self.seconds = seconds


class ModelHost(Protocol):
    """What takes requests to the model."""

    def invoke(self, body: object, *, accept: str = "application/json", inference_id: str = "") -> bytes:
        """Send the body as JSON to the model and return the body of its response.

        ``inference_id`` names the request where its response comes later. Raises a RequestError that says what went
        wrong, and ResultComesLater where nothing did.
        """


class ModelStatus(Protocol):
    """What knows the model's state."""

    def read(self) -> dict[str, object]:
        """Return ``ready``, ``state`` and ``endpoint_status``, the service's own word for the state.

        ``state`` is one of ``ready``, ``starting``, ``asleep``, ``waking``, ``paused``, ``failed`` and ``missing``.
        """

    def wake(self) -> dict[str, object]:
        """Wake the model if it is asleep, and return what ``read`` returns then."""


class LateResults(Protocol):
    """What knows whether a response that comes later has come without anybody being told."""

    def look(self, job_id: str, *, hand_over: int, result: str, failure: str) -> None:
        """Have the job completed if one of these objects is there."""


def connect_host(name: str, *, function_timeout: int) -> ModelHost:
    """Return the host of this module, for a function that may run for so many seconds."""
    host: ModelHost = _load(name).connect(function_timeout=function_timeout)
    return host


def connect_status(name: str) -> ModelStatus:
    """Return the state of this module."""
    status: ModelStatus = _load(name).connect()
    return status


def connect_late_results(name: str) -> LateResults:
    """Return what looks for late responses, of a state's module whose host raises ResultComesLater."""
    results: LateResults = _load(name).connect_late_results()
    return results


def _load(name: str) -> Any:
    return import_module(f"{__name__}.{name}")
