"""An asynchronous event of Lambda: at once, and as many at the same time as there are jobs."""

from __future__ import annotations

import json
from typing import NamedTuple

from botocore.config import Config

from handlers.common.aws import make_client
from handlers.common.settings import read_settings

lambda_client = make_client(
    "lambda", config=Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 2})
)


class EventSender(NamedTuple):
    """Invokes this function, which processes jobs."""

    process_function: str

    def send(self, job_id: str) -> None:
        """Send the event of a job."""
        lambda_client.invoke(
            FunctionName=self.process_function,
            InvocationType="Event",
            Payload=json.dumps({"job_id": job_id}).encode(),
        )


def connect() -> EventSender:
    """Return the sender of the function's environment."""
    return read_settings(EventSender)
