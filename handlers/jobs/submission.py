"""Submits jobs: each is written and its event sent, once as far as can be, also where a client repeats its request.

A job counts as accepted, and its id is given to a client, when its event was sent. In this order: the request that
writes the job reserves it for itself (``dispatch_by``), sends the event, and notes that (``dispatched_at``).

- A request that finds a job without the note waits a little for it, and is Unavailable otherwise. When the reservation
  is over, whoever sent or should have sent the event has ended: one of all repeated requests gets it, and sends again.
- So an event is sent twice only where the note is missing, and does no harm, because a job is done under a lease. It
  is never left out: a note that could not be written, or a function that ended too early, only lead to another event.
- Where the event is refused, the request that wrote the job marks it FAILED, while nobody else has it: no client
  has its id, and its key is free for another job. A repeated request leaves it QUEUED: the first event may exist.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from time import sleep
from typing import Any, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from handlers.common.errors import Conflict, Unavailable
from handlers.common.logs import logger

from . import table
from .dispatch import Sender
from .idempotency import Claim, claim, request_hash
from .job import NOT_STARTED, QUEUED, Job
from .store import DISPATCH_SECONDS, JobStore
from .table import JobTable

# Seconds between looks at a job whose event another request is sending: that takes a tenth of a second.
_PAUSES = (0.1, 0.2, 0.4, 0.8, 1.5)


class Submission(NamedTuple):
    """The job of a request with its status, and whether it is this request that set it going."""

    job_id: str
    status: str
    is_new: bool


class Submitter:
    """Takes jobs into a table and has a sender take them to the function that processes them."""

    def __init__(self, table: JobTable, *, sender: Sender, retention_days: int, maximum_age: int) -> None:
        """Keep jobs for so many days, and their events for ``maximum_age`` seconds."""
        self._table = table
        self._jobs = JobStore(table)
        self._sender = sender
        self._retention_days = retention_days
        self._maximum_age = maximum_age

    def submit(
        self,
        requested: dict[str, Any],
        *,
        settings: dict[str, Any],
        key: str | None,
        owner: str,
        admit: Callable[[], None],
    ) -> Submission:
        """Write a job with these settings and send its event, unless the owner's key stands for a job already.

        The key stands for what the client ``requested``. ``admit`` is called before a job is written, and not for one
        that is there already: what it raises refuses the job, and leaves the key to it. Raises Conflict where the key
        was used for something else, and Unavailable where the job could not be started.
        """
        own = uuid.uuid4().hex
        wanted = Claim(own, request_hash(requested))
        job_id, job = (own, None) if key is None else self._claim_key(key, wanted, owner)
        if job is None:
            admit()
        is_new = job is None and self._jobs.create(
            job_id,
            settings,
            owner=owner,
            dispatcher=own,
            retention_days=self._retention_days,
            maximum_age=self._maximum_age,
        )
        return self._start(job_id, own) if is_new else self._join(job_id, own, owner)

    def _claim_key(self, key: str, wanted: Claim, owner: str) -> tuple[str, Job | None]:
        """Return the job that the key stands for; nothing is known of it as long as it is not written.

        A job that could not even be started gives way to a new one: no client was given its id.
        """
        failed = ""
        while True:
            holder = claim(self._table, key, wanted, owner=owner, instead_of=failed)
            if holder.request_hash != wanted.request_hash:
                raise Conflict("this Idempotency-Key was used for another request; choose a new one")
            job = None if holder == wanted else self._jobs.read(holder.job_id, owner=owner)
            if job is None or job.error_code != NOT_STARTED:
                return holder.job_id, job
            failed = holder.job_id

    def _start(self, job_id: str, dispatcher: str) -> Submission:
        """Start the job that this request wrote; where the event is refused, mark it FAILED and raise Unavailable."""
        if self._dispatch(job_id):
            return Submission(job_id, QUEUED, is_new=True)
        message = "The job could not be started; please try again."
        job = self._jobs.fail_unstarted(job_id, dispatcher=dispatcher, message=message)
        if not job.is_accepted:
            raise _unavailable(5)
        return Submission(job_id, job.status, is_new=True)  # it was sent: the response that said so got lost

    def _join(self, job_id: str, dispatcher: str, owner: str) -> Submission:
        """Return a job that another request wrote, once its event is sent: if need be, by this one."""
        seconds_left = 0
        for pause in (*_PAUSES, 0):
            job = self._jobs.read(job_id, owner=owner)
            if job is None or job.error_code == NOT_STARTED:
                raise _unavailable(5)
            if job.is_accepted:
                return Submission(job_id, job.status, is_new=False)
            if job.dispatch_by < int(table.now()) and self._reserve(job_id, dispatcher):
                if not self._dispatch(job_id):
                    raise _unavailable(DISPATCH_SECONDS)
                return Submission(job_id, QUEUED, is_new=True)
            seconds_left = job.dispatch_by + 1 - int(table.now())
            sleep(pause)
        raise _unavailable(max(1, seconds_left))

    def _reserve(self, job_id: str, dispatcher: str) -> bool:
        return self._jobs.reserve_dispatch(job_id, dispatcher=dispatcher, maximum_age=self._maximum_age)

    def _dispatch(self, job_id: str) -> bool:
        """Send the job's event; return whether the service took it, as far as is known."""
        try:
            self._sender.send(job_id)
        except (ClientError, BotoCoreError):
            logger.exception("the job's event was not sent", extra={"job_id": job_id})
            return False
        try:
            self._jobs.mark_dispatched(job_id)
        except Unavailable:
            logger.warning("the job's event may be sent again", extra={"job_id": job_id})
        return True


def _unavailable(retry_after: int) -> Unavailable:
    return Unavailable("the job could not be started; try again shortly", retry_after=retry_after)
