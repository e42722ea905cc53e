"""Messages of the queue of jobs: each is one delivery of a job, to be done, tried again later, or given up.

A message that is reported as failed stays in the queue: it comes again when it is due, or goes to the queue behind when
it has been received too often. It stays

- until its job has ended, by the lease of another delivery or by tries of its own, of which the table counts those that
  have begun. What SQS counts says less: a delivery that Lambda had no room for counts too ("Backoff strategy for failed
  invocations", Lambda developer guide).
- when its job was given up, and so goes to the queue behind, from where it can be moved back: see ``revival``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, NamedTuple

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from handlers.common.aws import make_client
from handlers.common.logs import logger
from handlers.common.metrics import emit
from handlers.common.settings import read_settings

from . import table
from .job import is_job_id
from .processing import Attempt
from .reasons import EXPIRED, RETRIES_EXHAUSTED, cause_of
from .revival import REVIVABLE, revive
from .store import JobIsRunning, JobStore
from .table import JobTable

_AT_ONCE = 0
# As Lambda waits before it tries an asynchronous event again: a minute, then two. ("How Lambda handles errors and
# retries with asynchronous invocation", Lambda developer guide.) Where the table cannot be reached, there are more.
_RETRY_SECONDS = 60
_LONGEST_SECONDS = 900


class Settings(NamedTuple):
    """The part of the function's environment that is about the queue."""

    stack_name: str
    jobs_table: str
    job_queue_url: str
    job_retries: int
    job_maximum_age: int
    function_timeout_seconds: int


class Message(NamedTuple):
    """A delivery of a job: when its message was sent, in seconds since 1970, and how often it was received."""

    job_id: str
    message_id: str
    receipt_handle: str
    sent_at: float
    receives: int


class Deliveries:
    """What deals with the messages of the queue."""

    def __init__(self, settings: Settings | None = None) -> None:
        """Take the queue and the table of the function's environment."""
        self._settings = settings or read_settings(Settings)
        self._table = JobTable(self._settings.jobs_table)
        self._jobs = JobStore(self._table)

    @cached_property
    def sqs(self) -> Any:
        """The client of the queue, made when something comes again: no cold start pays for it."""
        config = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 2})
        return make_client("sqs", config=config)

    def deal_with(self, event: Mapping[str, Any], process: Callable[[str], Attempt | None]) -> dict[str, object]:
        """Process the jobs of these messages, and return which of them stay in the queue."""
        staying = [record["messageId"] for record in event["Records"] if not self._can_go(record, process)]
        return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in staying]}

    def _can_go(self, record: Mapping[str, Any], process: Callable[[str], Attempt | None]) -> bool:
        try:
            message = _read_message(record)
        except (ValueError, LookupError, TypeError, RecursionError):
            # Nothing that comes again could be read either; the log keeps that it was there.
            logger.error("not the message of a job", extra={"message_id": record.get("messageId")})
            return True
        try:
            return self._deal_with(message, process)
        except JobIsRunning:
            # Another delivery has the job: when its lease is over, it has ended, or is to be tried again.
            self._postpone(message, self._settings.function_timeout_seconds)
        except Exception:
            logger.exception("to be dealt with later", extra={"job_id": message.job_id})
            self._postpone(message, _pause(message))
        return False

    def _deal_with(self, message: Message, process: Callable[[str], Attempt | None]) -> bool:
        if message.sent_at + self._settings.job_maximum_age < table.now():
            return self._give_up(message, *EXPIRED, process)
        if message.receives > 1 and self._is_worn_out(message):
            # Its last try broke off, and could not say so.
            return self._give_up(message, *_reason("JobIsRunning"), process)
        try:
            attempt = process(message.job_id)
        except JobIsRunning:
            raise
        except Exception as error:
            if not self._is_worn_out(message):
                raise
            return self._give_up(message, *_reason(type(error).__name__), process)
        return attempt is not None or self._is_over(message, process)

    def _is_worn_out(self, message: Message) -> bool:
        """Whether the job has had all of its tries."""
        job = self._jobs.find(message.job_id)
        return job is not None and job.tries > self._settings.job_retries

    def _give_up(self, message: Message, code: str, reason: str, process: Callable[[str], Attempt | None]) -> bool:
        """Mark the job FAILED unless it has ended; return whether its message can go."""
        if self._jobs.fail_unfinished(message.job_id, code=code, message=reason):
            emit(
                {"JobsGivenUp": (1, "Count")},
                stack_name=self._settings.stack_name,
                operation="GiveJobUp",
                job_id=message.job_id,
            )
        return self._is_over(message, process)

    def _is_over(self, message: Message, process: Callable[[str], Attempt | None]) -> bool:
        """Return whether the message of a job with nothing left to do can go: not to the queue behind, and not back."""
        job = self._jobs.find(message.job_id)
        if job is None or job.error_code not in REVIVABLE:
            return True
        if self._is_revived(message):
            logger.info("tried again after its failure", extra={"job_id": message.job_id})
            return self._deal_with(message, process)
        self._postpone(message, _AT_ONCE)
        return False

    def _is_revived(self, message: Message) -> bool:
        return revive(
            self._table,
            message.job_id,
            message_id=message.message_id,
            sent_at=message.sent_at,
            maximum_age=self._settings.job_maximum_age,
        )

    def _postpone(self, message: Message, seconds: int) -> None:
        """Let the message come again after so many seconds: if that cannot be said, when the queue's time is over."""
        try:
            self.sqs.change_message_visibility(
                QueueUrl=self._settings.job_queue_url,
                ReceiptHandle=message.receipt_handle,
                VisibilityTimeout=seconds,
            )
        except (ClientError, BotoCoreError) as error:
            logger.warning("comes again late", extra={"job_id": message.job_id, "reason": str(error)})


def _read_message(record: Mapping[str, Any]) -> Message:
    job_id = json.loads(record["body"])["job_id"]
    if not isinstance(job_id, str) or not is_job_id(job_id):
        raise ValueError("invalid job id")
    attributes = record["attributes"]
    return Message(
        job_id,
        record["messageId"],
        record["receiptHandle"],
        int(attributes["SentTimestamp"]) / 1000,
        int(attributes["ApproximateReceiveCount"]),
    )


def _pause(message: Message) -> int:
    return int(min(_RETRY_SECONDS * 2 ** (message.receives - 1), _LONGEST_SECONDS))


def _reason(error_name: str) -> tuple[str, str]:
    code, reason = RETRIES_EXHAUSTED
    return code, cause_of(error_name, reason)
