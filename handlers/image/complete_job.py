"""Completes a job whose response came later: stores the images, tries again, or says why there are none."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from time import sleep
from typing import Any, NamedTuple

from botocore.config import Config

from handlers.common.aws import make_client
from handlers.common.context import LambdaContext
from handlers.common.errors import InvalidRequest, ModelFailed, ModelTimeout, RequestError
from handlers.common.hosting import connect_host
from handlers.common.hosting.container_errors import as_model_error
from handlers.common.logs import logger
from handlers.common.settings import read_settings
from handlers.jobs.completion import Completion, read_completion
from handlers.jobs.job import Job
from handlers.jobs.processing import Attempt, GivenUp, resume_job
from handlers.jobs.reasons import EXPIRED, RETRIES_EXHAUSTED, cause_of
from handlers.jobs.store import JobIsRunning, JobStore
from handlers.jobs.table import JobTable

from .making import ImageMaker, connect_moderator
from .metrics import emit_attempt


class Settings(NamedTuple):
    """The function's environment."""

    stack_name: str
    jobs_table: str
    image_bucket: str
    model_host: str
    payload_codec: str
    function_timeout_seconds: int
    job_retries: int
    moderation_confidence: int = 0


settings = read_settings(Settings)
jobs = JobStore(JobTable(settings.jobs_table))
host = connect_host(settings.model_host, function_timeout=settings.function_timeout_seconds)
maker = ImageMaker(
    host,
    codec=settings.payload_codec,
    bucket=settings.image_bucket,
    moderator=connect_moderator(settings.moderation_confidence, stack_name=settings.stack_name),
)
s3 = make_client(
    "s3", config=Config(connect_timeout=3, read_timeout=20, retries={"mode": "standard", "total_max_attempts": 3})
)

_EVERY = 1_000_000
"""A response that is there is taken, whichever hand-over it belongs to."""
# "ClientError: Received server error (500) from model. See the SageMaker Endpoint logs in your account ..."
_STATUS = re.compile(r"(?:client|server) error \((\d{1,3})\)")
# Whole words: throttling is another thing.
_EXPIRED = re.compile(r"\b(expired|time.to.live|ttl|requestttlseconds)\b", re.IGNORECASE)
_TIMED_OUT = re.compile(r"timed? ?out", re.IGNORECASE)
# Seconds between looks at a job that another invocation completes now, for as long as it takes to store four images.
_PAUSES = (1, 2, 4, 8)


def handler(event: Mapping[str, Any], context: LambdaContext) -> None:
    """Complete the job that a message of SageMaker is about, or an event of the function that shows jobs."""
    try:
        completion = read_completion(event)
    except (ValueError, LookupError, TypeError, RecursionError):
        # Nothing that comes again could be read either; the log keeps that it was there.
        logger.exception("not a response to a job")
        return
    emit_attempt(_complete(completion, context), stack_name=settings.stack_name)


def _complete(completion: Completion, context: LambdaContext) -> Attempt | None:
    """Complete the job; raises JobIsRunning where another invocation has it for longer than that should take.

    The two events often come together: whoever looks at a job sees the response before SNS has told of it. That is no
    error, which Lambda's metrics and the alarm on them would make of what is raised.
    """
    for pause in _PAUSES:
        try:
            return _resume(completion, context)
        except JobIsRunning:
            logger.info("somebody completes the job", extra={"job_id": completion.job_id})
            sleep(pause)
    return _resume(completion, context)


def _resume(completion: Completion, context: LambdaContext) -> Attempt | None:
    return resume_job(
        jobs,
        completion.job_id,
        partial(_store if completion.result else _try_again, completion),
        hand_over=_EVERY if completion.result else completion.hand_over,
        lease_seconds=context.get_remaining_time_in_millis() / 1000,
    )


def _store(completion: Completion, job: Job) -> list[dict[str, object]]:
    bucket, _, key = completion.result.removeprefix("s3://").partition("/")
    return maker.store(job, s3.get_object(Bucket=bucket, Key=key)["Body"].read())


def _try_again(completion: Completion, job: Job) -> list[dict[str, object]]:
    """Hand the job over again, as often as its retries allow; raises GivenUp, or InvalidRequest."""
    logger.warning("the model failed", extra={"job_id": job.job_id, "reason": completion.reason})
    if _EXPIRED.search(completion.reason):
        raise GivenUp(*EXPIRED)
    error = _error_of(completion.reason)
    if isinstance(error, InvalidRequest):
        raise error
    if completion.hand_over > settings.job_retries:
        code, message = RETRIES_EXHAUSTED
        raise GivenUp(code, cause_of(type(error).__name__, message))
    return maker.store(job, maker.request(job))


def _error_of(reason: str) -> RequestError:
    """Return what a reason of SageMaker means."""
    if found := _STATUS.search(reason):
        return as_model_error(int(found[1]), reason)
    if _TIMED_OUT.search(reason):
        return ModelTimeout("the model did not answer in time")
    return ModelFailed("the model failed")
