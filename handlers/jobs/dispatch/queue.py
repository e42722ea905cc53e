"""A queue, from which Lambda takes as many jobs at the same time as its event source mapping says."""

from __future__ import annotations

import json
from typing import NamedTuple

from botocore.config import Config

from handlers.common.aws import make_client
from handlers.common.settings import read_settings

sqs = make_client(
    "sqs", config=Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 2})
)


class QueueSender(NamedTuple):
    """Sends messages to the queue of this URL."""

    job_queue_url: str

    def send(self, job_id: str) -> None:
        """Send the message of a job."""
        sqs.send_message(QueueUrl=self.job_queue_url, MessageBody=json.dumps({"job_id": job_id}))


def connect() -> QueueSender:
    """Return the sender of the function's environment."""
    return read_settings(QueueSender)
