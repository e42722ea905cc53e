"""Submits jobs: each is written and its event sent once, also where a client repeats its request."""

from __future__ import annotations

import json
import uuid
from typing import Any, NamedTuple

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from handlers.common.aws import make_client
from handlers.common.errors import Conflict, Unavailable
from handlers.common.logs import logger

from .idempotency import Claim, claim, request_hash
from .job import NOT_STARTED, Job
from .store import JobStore
from .table import JobTable

lambda_client = make_client(
    "lambda", config=Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 2})
)


class Submission(NamedTuple):
    """The job of a request, and whether it is this request that set it going."""

    job_id: str
    is_new: bool


class Submitter:
    """Takes jobs into a table and hands them to the function that processes them."""

    def __init__(self, table: JobTable, *, process_function: str, retention_days: int, maximum_age: int) -> None:
        """Keep jobs for so many days, and their events for ``maximum_age`` seconds."""
        self._table = table
        self._jobs = JobStore(table)
        self._process_function = process_function
        self._retention_days = retention_days
        self._maximum_age = maximum_age

    def submit(self, requested: dict[str, Any], *, settings: dict[str, Any], key: str | None) -> Submission:
        """Write a job with these settings and send its event, unless the key stands for a job already.

        The key stands for what the client ``requested``. Raises Conflict where it was used for something else, and
        Unavailable where the job could not be started.
        """
        writer = uuid.uuid4().hex
        job_id, job = (writer, None) if key is None else self._claim_key(key, Claim(writer, request_hash(requested)))
        if job is None:
            is_new = self._jobs.create(
                job_id,
                settings,
                writer=writer,
                retention_days=self._retention_days,
                maximum_age=self._maximum_age,
            )
        else:
            is_new = job.is_orphaned
        if is_new:  # and no other request, before this one or at the same time, sends its event
            self._dispatch(job_id)
        return Submission(job_id, is_new)

    def _claim_key(self, key: str, wanted: Claim) -> tuple[str, Job | None]:
        """Return the job that the key stands for; nothing is known of it as long as it is not written.

        A job that could not even be started gives way to a new one: no client was given its id.
        """
        failed = ""
        while True:
            holder = claim(self._table, key, wanted, instead_of=failed)
            if holder.request_hash != wanted.request_hash:
                raise Conflict("this Idempotency-Key was used for another request; choose a new one")
            job = None if holder == wanted else self._jobs.read(holder.job_id)
            if job is None or job.error_code != NOT_STARTED:
                return holder.job_id, job
            failed = holder.job_id

    def _dispatch(self, job_id: str) -> None:
        """Invoke the function that processes the job; where that fails, mark the job FAILED and raise Unavailable."""
        try:
            lambda_client.invoke(
                FunctionName=self._process_function,
                InvocationType="Event",
                Payload=json.dumps({"job_id": job_id}).encode(),
            )
        except (ClientError, BotoCoreError):
            logger.exception("the job's event was not sent", extra={"job_id": job_id})
            if self._jobs.fail_unstarted(job_id, message="The job could not be started; please try again."):
                raise Unavailable("the job could not be started; try again shortly", retry_after=5) from None
            # It was sent: the response that said so got lost.
