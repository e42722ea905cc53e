"""One try of a job: its work under a lease, and its end, its hand-over, or its place in the queue again.

Lambda tries again what raises. What another try cannot mend marks the job FAILED, with a reason, and returns. Where the
model's response comes later, the job is handed over, and whoever has the response resumes it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, NamedTuple

from handlers.common.errors import InvalidRequest, MalformedResponse, ModelPaused, RequestError
from handlers.common.hosting import ResultComesLater
from handlers.common.logs import logger

from .job import Job
from .store import JobStore

Work = Callable[[Job], list[dict[str, Any]]]
"""The application's own part: does a job and returns its results, the same ones at every try."""


class GivenUp(Exception):
    """No further try is worth it; ``message`` is for the person whose job it was."""

    def __init__(self, code: str, message: str) -> None:
        """Keep code and message of the job's failure."""
        super().__init__(message)
        self.code = code
        self.message = message


class Attempt(NamedTuple):
    """A try of a job that ended it, with the code of its failure if it is one."""

    job: Job
    failure: str
    milliseconds: int


def process_job(jobs: JobStore, job_id: str, work: Work, *, lease_seconds: float) -> Attempt | None:
    """Do the work of a job; None where there is nothing left to do, or not yet: the model has it.

    Raises JobIsRunning while another invocation does it, and what the work raises that may pass.
    """
    job = jobs.start(job_id, lease_seconds=lease_seconds)
    return _attempt(jobs, job, work, job_id=job_id, let_go=jobs.requeue)


def resume_job(jobs: JobStore, job_id: str, work: Work, *, hand_over: int, lease_seconds: float) -> Attempt | None:
    """Do the rest of the work of a job whose response to this hand-over has come, or its failure.

    None where there is nothing left to do, or not yet: the model has it again. Raises as ``process_job`` does.
    """
    job = jobs.resume(job_id, hand_over=hand_over, lease_seconds=lease_seconds)
    return _attempt(jobs, job, work, job_id=job_id, let_go=jobs.release)


def _attempt(
    jobs: JobStore, job: Job | None, work: Work, *, job_id: str, let_go: Callable[[Job], None]
) -> Attempt | None:
    """Try the job once; what may pass is raised, when the job has been let go."""
    if job is None:
        logger.info("nothing left to do", extra={"job_id": job_id})
        return None
    started = time.monotonic()
    failure = ""
    try:
        if not _is_done(jobs, job, work):
            return None
    except (InvalidRequest, MalformedResponse, ModelPaused, GivenUp) as error:  # a pause outlasts all retries
        failure = error.code
        jobs.fail(job, code=failure, message=_sentence(error.message))
    except Exception as error:
        if isinstance(error, RequestError):
            logger.warning("to be tried again", extra={"job_id": job.job_id, "code": error.code})
        let_go(job)
        raise
    return Attempt(job, failure, round((time.monotonic() - started) * 1000))


def _is_done(jobs: JobStore, job: Job, work: Work) -> bool:
    """Do the work; return whether that ended the job, or handed it over."""
    try:
        results = work(job)
    except ResultComesLater as later:
        jobs.hand_over(job, result=later.result, failure=later.failure, seconds=later.seconds)
        logger.info("handed over", extra={"job_id": job.job_id, "hand_over": job.hand_overs + 1})
        return False
    jobs.succeed(job, results)
    return True


def _sentence(message: str) -> str:
    return f"{message[0].upper()}{message[1:].removesuffix('.')}."
