"""Makes images: the request to the model, and the files that its response becomes."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Protocol, cast

from botocore.config import Config

from handlers.common.aws import make_client
from handlers.common.hosting import ModelHost
from handlers.jobs.completion import inference_id
from handlers.jobs.job import Job

from .codecs import load_codec
from .files import Format, ImageFile

s3 = make_client(
    "s3", config=Config(connect_timeout=2, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 3})
)

# An image never changes under its name, which holds the job's id.
_CACHE_CONTROL = "public, max-age=31536000, immutable"


class Moderator(Protocol):
    """What looks at images before they are stored."""

    def check(self, images: Sequence[ImageFile], *, job_id: str) -> None:
        """Raise an error unless all images of a job may be seen."""


def connect_moderator(confidence: int, *, stack_name: str) -> Moderator | None:
    """Return what moderates images, with this confidence in percent; with 0 nothing does, nor is anything loaded."""
    if not confidence:
        return None
    return cast(Moderator, import_module("handlers.image.moderation").Moderator(confidence, stack_name=stack_name))


class ImageMaker:
    """A model with this wire format, and the bucket that its images go into, once they have been moderated."""

    def __init__(self, host: ModelHost, *, codec: str, bucket: str, moderator: Moderator | None = None) -> None:
        """Keep the host and the bucket."""
        self._host = host
        self._moderator = moderator
        self._codec = load_codec(codec)
        self._bucket = bucket

    def request(self, job: Job) -> bytes:
        """Return the model's response to a job, or raise what its host raises."""
        body = self._codec.request(job.settings)
        return self._host.invoke(body, accept=self._codec.ACCEPT, inference_id=inference_id(job))

    def store(self, job: Job, response: bytes) -> list[dict[str, object]]:
        """Store the images of a response; another try stores its own under the same names.

        Raises MalformedResponse for a response that does not hold what was requested, and what the moderator raises.
        """
        images = self._codec.images(response, job.settings)
        if self._moderator is not None:
            self._moderator.check(images, job_id=job.job_id)
        results: list[dict[str, object]] = []
        for number, image in enumerate(images):
            name, suffix = f"generated_images/{job.job_id}/{number}", image.format.suffix
            key = thumbnail_key = f"{name}{suffix}"
            self._put(key, image.data, image.format)
            if image.thumbnail is not None:
                thumbnail_key = f"{name}_thumbnail{suffix}"
                self._put(thumbnail_key, image.thumbnail, image.format)
            results.append({"key": key, "thumbnail_key": thumbnail_key, "width": image.width, "height": image.height})
        return results

    def _put(self, key: str, body: bytes, image_format: Format) -> None:
        s3.put_object(
            Bucket=self._bucket,
            Key=key,
            Body=body,
            ContentType=image_format.content_type,
            CacheControl=_CACHE_CONTROL,
        )
