"""Processes one job: calls the model and stores the images."""

from __future__ import annotations

from collections.abc import Mapping
from threading import Thread
from typing import Any, NamedTuple

from handlers.common.context import LambdaContext
from handlers.common.hosting import connect_host
from handlers.common.settings import read_settings
from handlers.jobs.job import Job
from handlers.jobs.processing import Attempt, process_job
from handlers.jobs.store import JobStore
from handlers.jobs.table import JobTable

from .encoder import load_encoder
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


def handler(event: Mapping[str, Any], context: LambdaContext) -> None:
    """Process the job of the event (``{"job_id": ...}``)."""
    process(str(event["job_id"]), context)


def process(job_id: str, context: LambdaContext) -> Attempt | None:
    """Process a job; returns and raises what ``process_job`` does."""
    lease_seconds = context.get_remaining_time_in_millis() / 1000
    attempt = process_job(jobs, job_id, _make_images, lease_seconds=lease_seconds)
    emit_attempt(attempt, stack_name=settings.stack_name)
    return attempt


def _make_images(job: Job) -> list[dict[str, object]]:
    # Pillow takes a fifth of a cold start to load, and the model far longer to respond: the one is done meanwhile.
    Thread(target=load_encoder, daemon=True).start()
    return maker.store(job, maker.request(job))
