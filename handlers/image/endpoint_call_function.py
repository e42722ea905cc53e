"""Does one job: asks the model, stores the images, and says how it went.

Lambda tries again what raises. What another try cannot mend marks the job FAILED, with a reason, and returns.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, NamedTuple

from botocore.config import Config

from handlers.common import endpoint
from handlers.common.aws import make_client
from handlers.common.context import LambdaContext
from handlers.common.errors import InvalidRequest, RequestError
from handlers.common.logs import logger
from handlers.common.metrics import emit
from handlers.common.settings import read_settings
from handlers.jobs import jobs

from .codecs import CODECS
from .pictures import Picture
from .pixels import MalformedAnswer


class Settings(NamedTuple):
    """The function's environment."""

    stack_name: str
    jobs_table: str
    image_bucket: str
    endpoint_name: str
    payload_codec: str
    function_timeout_seconds: int


settings = read_settings(Settings)
codec = CODECS[settings.payload_codec]
s3 = make_client(
    "s3", config=Config(connect_timeout=2, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 3})
)

# An image never changes under its name, which holds the job's id.
_CACHE_CONTROL = "public, max-age=31536000, immutable"


def handler(event: Mapping[str, Any], context: LambdaContext) -> None:
    """Do the job of the event (``{"job_id": ...}``)."""
    job_id = str(event["job_id"])
    job = jobs.start(job_id, lease_seconds=context.get_remaining_time_in_millis() / 1000)
    if job is None:
        logger.info("nothing left to do", extra={"job_id": job_id})
        return
    started = time.monotonic()
    failure = _attempt(job)
    emit(
        {
            "Latency": (round((time.monotonic() - started) * 1000), "Milliseconds"),
            "Images": (0 if failure else job.settings["num_images"], "Count"),
            "Failures": (1 if failure else 0, "Count"),
        },
        stack_name=settings.stack_name,
        operation="MakeImages",
        job_id=job_id,
        failure=failure,
    )


def _attempt(job: jobs.Job) -> str:
    """Try the job once and return the code of a failure for good, or nothing; what may pass is raised."""
    try:
        reply = endpoint.invoke(codec.request(job.settings), endpoint_name=settings.endpoint_name, accept=codec.accept)
        images = _store(job.job_id, codec.pictures(reply.body, job.settings))
        jobs.succeed(job, images)
    except MalformedAnswer as error:
        return _fail(job, "malformed_answer", str(error))
    except InvalidRequest as error:
        return _fail(job, error.code, error.message)
    except RequestError as error:
        logger.warning("to be tried again", extra={"job_id": job.job_id, "code": error.code})
        jobs.requeue(job)
        raise
    except Exception:
        jobs.requeue(job)
        raise
    return ""


def _fail(job: jobs.Job, code: str, reason: str) -> str:
    jobs.fail(job, code=code, message=f"{reason[0].upper()}{reason[1:]}.")
    return code


def _store(job_id: str, pictures: list[Picture]) -> list[dict[str, object]]:
    """Store the pictures and return what the job says of them; a second run stores the same under the same names."""
    images: list[dict[str, object]] = []
    for number, picture in enumerate(pictures):
        key = f"generated_images/{job_id}/{number}.jpg"
        thumbnail_key = f"generated_images/{job_id}/{number}_thumbnail.jpg"
        _put(key, picture.jpeg)
        _put(thumbnail_key, picture.thumbnail)
        images.append({"key": key, "thumbnail_key": thumbnail_key, "width": picture.width, "height": picture.height})
    return images


def _put(key: str, body: bytes) -> None:
    s3.put_object(
        Bucket=settings.image_bucket,
        Key=key,
        Body=body,
        ContentType="image/jpeg",
        CacheControl=_CACHE_CONTROL,
    )
