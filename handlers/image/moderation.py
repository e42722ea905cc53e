"""Moderation of images by Amazon Rekognition, before they are stored anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from handlers.common.aws import make_client
from handlers.common.content.refusals import MODERATION, refused_images
from handlers.common.content.screen import count_refusal
from handlers.common.errors import FilterUnavailable, MalformedResponse
from handlers.common.logs import logger

from .files import ImageFile

_RETRY_SECONDS = 5
# Amazon Rekognition developer guide, "Guidelines and quotas": an image that is sent as bytes.
_MOST_BYTES = 5 * 1024 * 1024


class Moderator:
    """Refuses images in which Rekognition sees something, by this confidence (percent) at least."""

    def __init__(self, confidence: int, *, stack_name: str) -> None:
        """Make the client, which leaves a function the time to store what it was shown."""
        self._confidence = float(confidence)
        self._stack_name = stack_name
        config = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 2})
        self.client: Any = make_client("rekognition", config=config)

    def check(self, images: Sequence[ImageFile], *, job_id: str) -> None:
        """Raise ContentFiltered unless all images of a job may be seen.

        One that may not takes the others with it: which one it was would have to be explained beside the gap, and
        another prompt makes all of them anew. Raises FilterUnavailable where Rekognition does not look at them, and
        MalformedResponse for an image that is too large for it.
        """
        if any(len(image.data) > _MOST_BYTES for image in images):
            raise MalformedResponse("the model made an image that is too large for moderation")
        with ThreadPoolExecutor(len(images)) as pool:
            refused = sum(pool.map(self._is_refused, images))
        if refused:
            count_refusal(MODERATION, self._stack_name, images=refused, job_id=job_id)
            raise refused_images(refused, len(images))

    def _is_refused(self, image: ImageFile) -> bool:
        try:
            response = self.client.detect_moderation_labels(Image={"Bytes": image.data}, MinConfidence=self._confidence)
        except (ClientError, BotoCoreError) as error:
            logger.error("Amazon Rekognition refused", extra={"reason": str(error)})
            raise FilterUnavailable("images cannot be moderated at the moment", retry_after=_RETRY_SECONDS) from error
        return bool(response["ModerationLabels"])
