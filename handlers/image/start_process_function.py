"""Takes an image request, writes the job, hands it on, and answers at once."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from typing import Any, NamedTuple

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from handlers.common.aws import make_client
from handlers.common.context import LambdaContext
from handlers.common.errors import Conflict, Unavailable
from handlers.common.http import Request, Response, answer, serve
from handlers.common.logs import logger
from handlers.common.metrics import emit
from handlers.common.settings import read_settings
from handlers.jobs import jobs
from handlers.jobs.idempotency import Claim, claim

from .request import read_idempotency_key, read_job, request_hash, with_seed


class Settings(NamedTuple):
    """The function's environment."""

    stack_name: str
    jobs_table: str
    process_function: str
    allowed_origin: str
    job_retention_days: int
    job_maximum_age: int


settings = read_settings(Settings)
lambda_client = make_client(
    "lambda", config=Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 2})
)


def handler(event: Mapping[str, Any], context: LambdaContext) -> Response:
    """Answer POST /generate."""
    return serve(event, context, routes={("POST", "/generate"): _start}, allowed_origin=settings.allowed_origin)


def _start(request: Request, context: LambdaContext) -> Response:
    key = read_idempotency_key(request.headers)
    requested = read_job(request.json_object())
    writer = uuid.uuid4().hex
    job_id, job = (writer, None) if key is None else _claim_key(key, Claim(writer, request_hash(requested)))
    if job is None:
        is_mine = jobs.create(
            job_id,
            with_seed(requested),
            writer=writer,
            retention_days=settings.job_retention_days,
            maximum_age=settings.job_maximum_age,
        )
    else:
        is_mine = job.is_orphaned
    if is_mine:  # and no other request, before this one or at the same time, hands it on
        _dispatch(job_id)
        emit(
            {"Jobs": (1, "Count"), "ImagesAsked": (requested["num_images"], "Count")},
            stack_name=settings.stack_name,
            operation="StartJob",
            request_id=request.request_id,
            job_id=job_id,
        )
    return _accepted(job_id, request)


def _claim_key(key: str, wanted: Claim) -> tuple[str, jobs.Job | None]:
    """Return the job that the key stands for; nothing is known of it as long as it is not written.

    A job that could not even be started gives way to a new one: nobody was told of it.
    """
    failed = ""
    while True:
        holder = claim(key, wanted, instead_of=failed)
        if holder.request_hash != wanted.request_hash:
            raise Conflict("this Idempotency-Key was used for another request; choose a new one")
        job = None if holder == wanted else jobs.read(holder.job_id)
        if job is None or job.error_code != jobs.NOT_STARTED:
            return holder.job_id, job
        failed = holder.job_id


def _dispatch(job_id: str) -> None:
    """Invoke the function that does the job; mark a job FAILED that could not be handed on, and say so."""
    try:
        lambda_client.invoke(
            FunctionName=settings.process_function,
            InvocationType="Event",
            Payload=json.dumps({"job_id": job_id}).encode(),
        )
    except (ClientError, BotoCoreError):
        logger.exception("not handed on", extra={"job_id": job_id})
        if jobs.fail_unstarted(job_id, message="The job could not be started; please try again."):
            raise Unavailable("the job could not be started; try again shortly", retry_after=5) from None
        # It was handed on: the answer that said so got lost.


def _accepted(job_id: str, request: Request) -> Response:
    body = {"job_id": job_id, "status": jobs.QUEUED, "status_url": f"generate/{job_id}"}
    return answer(202, body, request=request, allowed_origin=settings.allowed_origin)
