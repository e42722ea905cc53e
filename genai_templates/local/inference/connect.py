"""Connection to the chosen model on the user's side, opened before the emulator learns of the choice."""

from __future__ import annotations

import dataclasses
from contextlib import ExitStack
from typing import Any

from ..protocol import ModelOptions
from .relay import relay
from .server import find_server


def connect(options: ModelOptions, opened: ExitStack) -> dict[str, Any]:
    """Return the choice as the emulator takes it; ``opened`` closes what must live as long as the choice.

    Raises LocalError when a server does not answer, or when there are no credentials for the endpoint.
    """
    fields: dict[str, Any] = {
        "latency_seconds": options.latency_seconds,
        "failure_rate": options.failure_rate,
        "not_ready_seconds": options.not_ready_seconds,
        "wake_seconds": options.wake_seconds,
        "idle_seconds": options.idle_seconds,
    }
    if options.endpoint is not None:
        fields["relay_url"] = opened.enter_context(relay(options.endpoint))
    if options.model_url is not None:
        fields["server"] = dataclasses.asdict(find_server(options.model_url))
    return fields
