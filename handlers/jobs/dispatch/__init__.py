"""How a job comes to the function that works on it: a module for each way, which sends what starts it.

A function's environment names the module, and that one alone is loaded: each brings a client, which a cold start pays
for.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, Protocol


class Sender(Protocol):
    """What sends the message that starts a job."""

    def send(self, job_id: str) -> None:
        """Send the message of a job.

        Raises botocore's ClientError or BotoCoreError where the service refused it, as far as is known.
        """


def connect_sender(name: str) -> Sender:
    """Return the sender of this module, for the function's own environment."""
    module: Any = import_module(f"{__name__}.{name}")
    sender: Sender = module.connect()
    return sender
