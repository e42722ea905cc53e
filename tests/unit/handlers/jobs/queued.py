"""The queue of jobs as SQS plays it, on the job table's clock, and the function that Lambda calls with its messages."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field
from typing import Any

import pytest

from handlers.jobs.delivery import Deliveries, Settings
from handlers.jobs.dispatch import connect_sender
from handlers.jobs.dispatch import queue as queue_module
from handlers.jobs.processing import Attempt, process_job
from tests.unit.handlers.conftest import Clock
from tests.unit.handlers.jobs.speech import Speech

URL = "https://sqs.us-east-1.amazonaws.com/123456789012/jobs"
HIDDEN_SECONDS = 540
LEASE_SECONDS = 90
RETRIES = 2
MAXIMUM_AGE = 3600


class Killed(BaseException):
    """The function ends in the middle of its work."""


@dataclass
class Message:
    """A message as the queue keeps it."""

    body: str
    sent_at: float
    message_id: str = field(default_factory=lambda: uuid.uuid4().hex)
    visible_at: float = 0.0
    receives: int = 0


class Queue:
    """The queue of jobs, and the one behind it; ``is_killed`` is asked before the model's work."""

    def __init__(
        self, speech: Speech, clock: Clock, monkeypatch: pytest.MonkeyPatch, *, most_receives: int = 7
    ) -> None:
        self.speech, self.clock = speech, clock
        self.messages: list[Message] = []
        self.dead: list[Message] = []
        self.kills = 0
        self.refuses = False
        self._most_receives = most_receives
        settings = Settings("stack", "jobs", URL, RETRIES, MAXIMUM_AGE, LEASE_SECONDS)
        self.deliveries = Deliveries(settings)
        monkeypatch.setenv("JOB_QUEUE_URL", URL)
        monkeypatch.setattr(queue_module.sqs, "send_message", self.send)
        monkeypatch.setattr(self.deliveries.sqs, "change_message_visibility", self.change_visibility)
        speech.submitter._sender = connect_sender("queue")

    def send(self, *, QueueUrl: str, MessageBody: str) -> None:
        assert QueueUrl == URL
        if self.refuses:
            error: Any = {"Error": {"Code": "ServiceUnavailable", "Message": "m"}}
            raise queue_module.sqs.exceptions.ClientError(error, "SendMessage")
        self.messages.append(Message(MessageBody, self.clock.seconds))

    def change_visibility(self, *, QueueUrl: str, ReceiptHandle: str, VisibilityTimeout: int) -> None:
        assert QueueUrl == URL
        for message in self.messages:
            if message.message_id == ReceiptHandle:
                message.visible_at = self.clock.seconds + VisibilityTimeout

    def poll(self) -> bool:
        """Let Lambda take the first message that can be seen, and call the function; return whether there was one."""
        message = next((each for each in self.messages if each.visible_at <= self.clock.seconds), None)
        if message is None:
            return False
        if message.receives >= self._most_receives:
            self.messages.remove(message)
            self.dead.append(message)
            return True
        message.receives += 1
        message.visible_at = self.clock.seconds + HIDDEN_SECONDS
        self.deliver(message)
        return True

    def deliver(self, message: Message) -> None:
        """Call the function with a message, and delete that unless it stays."""
        attributes = {
            "SentTimestamp": str(int(message.sent_at * 1000)),
            "ApproximateReceiveCount": str(message.receives),
        }
        record = {
            "messageId": message.message_id,
            "receiptHandle": message.message_id,
            "body": message.body,
            "attributes": attributes,
        }
        try:
            response: Any = self.deliveries.deal_with({"Records": [record]}, self.process)
        except Killed:
            return
        if {"itemIdentifier": message.message_id} not in response["batchItemFailures"] and message in self.messages:
            self.messages.remove(message)

    def process(self, job_id: str) -> Attempt | None:
        """Do a job, or be killed in the middle of it."""
        return process_job(self.speech.jobs, job_id, self._work, lease_seconds=LEASE_SECONDS)

    def _work(self, job: Any) -> Any:
        if self.kills:
            self.kills -= 1
            raise Killed
        return self.speech._speak(job)

    def run(self, seconds: int = 7200) -> None:
        """Let so much time pass, in which every message is dealt with when it is due."""
        end = self.clock.seconds + seconds
        while True:
            while self.poll():
                pass
            due = [each.visible_at for each in self.messages if each.visible_at <= end]
            if not due:
                break
            self.clock.seconds = min(due)
        self.clock.seconds = end

    def move_back(self) -> None:
        """Move the messages behind back into the queue: sent anew, with other ids."""
        self.messages += [Message(each.body, self.clock.seconds) for each in self.dead]
        self.dead.clear()

    def started(self) -> str:
        """Return the id of a new job, whose message is in the queue."""
        status, body = self.speech.submit()
        assert status == 202
        assert json.loads(self.messages[-1].body) == {"job_id": body["job_id"]}
        return str(body["job_id"])
