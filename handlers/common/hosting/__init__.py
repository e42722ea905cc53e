"""Where the model lives: a module for each way in which it is called, and one for each in which its state is read.

A function's environment names the module, and that one alone is loaded: each brings clients that a cold start pays for.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, Protocol


class ModelHost(Protocol):
    """What takes requests to the model."""

    def invoke(self, body: object, *, accept: str = "application/json") -> bytes:
        """Send the body as JSON to the model and return the body of its response.

        Raises a RequestError that says what went wrong.
        """


class ModelStatus(Protocol):
    """What knows the model's state."""

    def read(self) -> dict[str, object]:
        """Return ``ready``, ``state`` and ``endpoint_status``, the service's own word for the state.

        ``state`` is one of ``ready``, ``starting``, ``asleep``, ``waking``, ``paused``, ``failed`` and ``missing``.
        """

    def wake(self) -> dict[str, object]:
        """Wake the model if it is asleep, and return what ``read`` returns then."""


def connect_host(name: str, *, function_timeout: int) -> ModelHost:
    """Return the host of this module, for a function that may run for so many seconds."""
    host: ModelHost = _load(name).connect(function_timeout=function_timeout)
    return host


def connect_status(name: str) -> ModelStatus:
    """Return the state of this module."""
    status: ModelStatus = _load(name).connect()
    return status


def _load(name: str) -> Any:
    return import_module(f"{__name__}.{name}")
