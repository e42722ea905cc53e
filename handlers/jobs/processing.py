"""One try of a job: its work under a lease, and its end, or its place in the queue again.

Lambda tries again what raises. What another try cannot mend marks the job FAILED, with a reason, and returns.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, NamedTuple

from handlers.common.errors import InvalidRequest, MalformedResponse, RequestError
from handlers.common.logs import logger

from .job import Job
from .store import JobStore

Work = Callable[[Job], list[dict[str, Any]]]
"""The application's own part: does a job and returns its results, the same ones at every try."""


class Attempt(NamedTuple):
    """A try of a job that ended it, with the code of its failure if it is one."""

    job: Job
    failure: str
    milliseconds: int


def process_job(jobs: JobStore, job_id: str, work: Work, *, lease_seconds: float) -> Attempt | None:
    """Do the work of a job; None where there is nothing left to do.

    Raises JobIsRunning while another invocation does it, and what the work raises that may pass.
    """
    job = jobs.start(job_id, lease_seconds=lease_seconds)
    if job is None:
        logger.info("nothing left to do", extra={"job_id": job_id})
        return None
    started = time.monotonic()
    failure = _attempt(jobs, job, work)
    return Attempt(job, failure, round((time.monotonic() - started) * 1000))


def _attempt(jobs: JobStore, job: Job, work: Work) -> str:
    """Try the job once and return the code of a failure for good, or nothing; what may pass is raised."""
    try:
        jobs.succeed(job, work(job))
    except (InvalidRequest, MalformedResponse) as error:
        jobs.fail(job, code=error.code, message=f"{error.message[0].upper()}{error.message[1:]}.")
        return error.code
    except Exception as error:
        if isinstance(error, RequestError):
            logger.warning("to be tried again", extra={"job_id": job.job_id, "code": error.code})
        jobs.requeue(job)
        raise
    return ""
