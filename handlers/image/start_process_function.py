"""Takes an image request, writes the job, hands it on, and answers at once."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from typing import Any, NamedTuple

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from handlers.common.context import LambdaContext
from handlers.common.errors import Conflict, RequestError
from handlers.common.http import Request, Response, answer, serve
from handlers.common.logs import logger
from handlers.common.metrics import emit
from handlers.common.settings import read_settings

from . import jobs
from .request import read_idempotency_key, read_job, request_hash, with_seed


class Settings(NamedTuple):
    """The function's environment."""

    stack_name: str
    jobs_table: str
    process_function: str
    allowed_origin: str
    job_retention_days: int


class NotHandedOn(RequestError):
    """The job could not be handed on; nothing is lost, since the client is told."""

    status = 503
    code = "unavailable"


settings = read_settings(Settings)
lambda_client = boto3.client(
    "lambda", config=Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 2})
)


def handler(event: Mapping[str, Any], context: LambdaContext) -> Response:
    """Answer POST /generate."""
    return serve(event, context, routes={("POST", "/generate"): _start}, allowed_origin=settings.allowed_origin)


def _start(request: Request, context: LambdaContext) -> Response:
    key = read_idempotency_key(request.headers)
    asked = read_job(request.json_object())
    job_id = uuid.uuid4().hex
    if key is not None:
        holder, held_hash = jobs.claim(key, job_id=job_id, request_hash=request_hash(asked))
        if held_hash != request_hash(asked):
            raise Conflict("this Idempotency-Key was used for another request; choose a new one")
        if holder != job_id and jobs.read(holder) is not None:
            return _accepted(holder, request)
        job_id = holder
    _hand_on(job_id, with_seed(asked))
    emit(
        {"Jobs": (1, "Count"), "ImagesAsked": (asked["num_images"], "Count")},
        stack_name=settings.stack_name,
        operation="StartJob",
        request_id=request.request_id,
        job_id=job_id,
    )
    return _accepted(job_id, request)


def _hand_on(job_id: str, asked: dict[str, Any]) -> None:
    """Write the job and invoke the function that does it; a job that could not be handed on is marked FAILED."""
    try:
        jobs.create(job_id, asked, retention_days=settings.job_retention_days)
    except ClientError as error:
        if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
            return  # the same request at the same time was faster
        raise
    try:
        lambda_client.invoke(
            FunctionName=settings.process_function,
            InvocationType="Event",
            Payload=json.dumps({"job_id": job_id}).encode(),
        )
    except (ClientError, BotoCoreError):
        logger.exception("not handed on", extra={"job_id": job_id})
        jobs.fail(job_id, code="not_started", message="The job could not be started; please try again.")
        raise NotHandedOn("the job could not be started; try again shortly", retry_after=5) from None


def _accepted(job_id: str, request: Request) -> Response:
    body = {"job_id": job_id, "status": jobs.QUEUED, "status_url": f"generate/{job_id}"}
    return answer(202, body, request=request, allowed_origin=settings.allowed_origin)
