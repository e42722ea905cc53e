"""What becomes of the choice of a model on the user's side, before the emulator is options_sent."""

from __future__ import annotations

import dataclasses
from contextlib import ExitStack
from typing import Any

from ..protocol import ModelOptions
from .relay import relay
from .server import find_server


def connect(options: ModelOptions, opened: ExitStack) -> dict[str, Any]:
    """Return what the emulator is options_sent; what has to live as long as the choice is closed by ``opened``.

    Raises LocalError when a server does not answer, or when there are no credentials for the endpoint.
    """
    options_sent: dict[str, Any] = {
        "latency_seconds": options.latency_seconds,
        "failure_rate": options.failure_rate,
        "not_ready_seconds": options.not_ready_seconds,
    }
    if options.endpoint is not None:
        options_sent["relay_url"] = opened.enter_context(relay(options.endpoint))
    if options.model_url is not None:
        options_sent["server"] = dataclasses.asdict(find_server(options.model_url))
    return options_sent
