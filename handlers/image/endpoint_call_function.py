"""Processes one job: calls the model and stores the images."""

from __future__ import annotations

from collections.abc import Mapping
from threading import Thread
from typing import Any, NamedTuple

from botocore.config import Config

from handlers.common.aws import make_client
from handlers.common.context import LambdaContext
from handlers.common.hosting import connect_host
from handlers.common.metrics import emit
from handlers.common.settings import read_settings
from handlers.jobs.job import Job
from handlers.jobs.processing import process_job
from handlers.jobs.store import JobStore
from handlers.jobs.table import JobTable

from .codecs import load_codec
from .encoder import load_encoder
from .files import Format


class Settings(NamedTuple):
    """The function's environment."""

    stack_name: str
    jobs_table: str
    image_bucket: str
    model_host: str
    payload_codec: str
    function_timeout_seconds: int


settings = read_settings(Settings)
jobs = JobStore(JobTable(settings.jobs_table))
host = connect_host(settings.model_host, function_timeout=settings.function_timeout_seconds)
codec = load_codec(settings.payload_codec)
s3 = make_client(
    "s3", config=Config(connect_timeout=2, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 3})
)

# An image never changes under its name, which holds the job's id.
_CACHE_CONTROL = "public, max-age=31536000, immutable"


def handler(event: Mapping[str, Any], context: LambdaContext) -> None:
    """Process the job of the event (``{"job_id": ...}``)."""
    lease_seconds = context.get_remaining_time_in_millis() / 1000
    attempt = process_job(jobs, str(event["job_id"]), _make_images, lease_seconds=lease_seconds)
    if attempt is None:
        return
    emit(
        {
            "Latency": (attempt.milliseconds, "Milliseconds"),
            "Images": (0 if attempt.failure else attempt.job.settings["num_images"], "Count"),
            "Failures": (1 if attempt.failure else 0, "Count"),
        },
        stack_name=settings.stack_name,
        operation="MakeImages",
        job_id=attempt.job.job_id,
        failure=attempt.failure,
    )


def _make_images(job: Job) -> list[dict[str, object]]:
    """Make and store the images of a job; another try stores its own under the same names."""
    # Pillow takes a fifth of a cold start to load, and the model far longer to respond: the one is done meanwhile.
    Thread(target=load_encoder, daemon=True).start()
    body = host.invoke(codec.request(job.settings), accept=codec.ACCEPT)
    results: list[dict[str, object]] = []
    for number, image in enumerate(codec.images(body, job.settings)):
        name, suffix = f"generated_images/{job.job_id}/{number}", image.format.suffix
        key = thumbnail_key = f"{name}{suffix}"
        _put(key, image.data, image.format)
        if image.thumbnail is not None:
            thumbnail_key = f"{name}_thumbnail{suffix}"
            _put(thumbnail_key, image.thumbnail, image.format)
        results.append({"key": key, "thumbnail_key": thumbnail_key, "width": image.width, "height": image.height})
    return results


def _put(key: str, body: bytes, image_format: Format) -> None:
    s3.put_object(
        Bucket=settings.image_bucket,
        Key=key,
        Body=body,
        ContentType=image_format.content_type,
        CacheControl=_CACHE_CONTROL,
    )
