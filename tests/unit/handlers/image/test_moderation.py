"""Images that moderation refuses are stored nowhere, by whichever way they came."""

from __future__ import annotations

import io
import json
from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from PIL import Image

from handlers.common.errors import ContentFiltered, FilterUnavailable, MalformedResponse
from handlers.image.files import JPEG, ImageFile
from handlers.image.making import ImageMaker, connect_moderator
from handlers.image.moderation import Moderator
from handlers.jobs.job import job_of_item


def image_of(data: bytes = b"jpeg") -> ImageFile:
    return ImageFile(64, 64, data, None, JPEG)


@pytest.fixture
def moderator() -> Moderator:
    return Moderator(60, stack_name="stack")


def plays(monkeypatch: pytest.MonkeyPatch, moderator: Moderator, *refused: bytes) -> list[dict[str, Any]]:
    """Let Rekognition see something in images with these bytes; return the requests that it gets."""
    requests: list[dict[str, Any]] = []

    def detect(**request: Any) -> dict[str, Any]:
        requests.append(request)
        return {"ModerationLabels": [{"Name": "Explicit"}] if request["Image"]["Bytes"] in refused else []}

    monkeypatch.setattr(moderator.client, "detect_moderation_labels", detect)
    return requests


def test_images_pass_in_which_nothing_is_seen(monkeypatch: pytest.MonkeyPatch, moderator: Moderator) -> None:
    requests = plays(monkeypatch, moderator)
    moderator.check([image_of(b"one"), image_of(b"two")], job_id="job")
    assert sorted(each["Image"]["Bytes"] for each in requests) == [b"one", b"two"]
    assert {each["MinConfidence"] for each in requests} == {60.0}


@pytest.mark.parametrize(
    ("images", "words"), [([b"bad"], "refused the image;"), ([b"one", b"bad", b"two"], "refused 1 of the 3 images;")]
)
def test_one_image_that_is_refused_takes_the_others_with_it(
    monkeypatch: pytest.MonkeyPatch,
    moderator: Moderator,
    capsys: pytest.CaptureFixture[str],
    images: list[bytes],
    words: str,
) -> None:
    plays(monkeypatch, moderator, b"bad")
    with pytest.raises(ContentFiltered, match=words) as refused:
        moderator.check([image_of(each) for each in images], job_id="job")
    assert refused.value.reason == "moderation"
    line = json.loads(capsys.readouterr().out)
    assert (line["Refused"], line["Reason"], line["images"], line["job_id"]) == (1, "moderation", 1, "job")


def test_an_image_that_nobody_can_look_at_is_not_stored(monkeypatch: pytest.MonkeyPatch, moderator: Moderator) -> None:
    def fail(**_: object) -> None:
        raise EndpointConnectionError(endpoint_url="https://rekognition")

    monkeypatch.setattr(moderator.client, "detect_moderation_labels", fail)
    with pytest.raises(FilterUnavailable):
        moderator.check([image_of()], job_id="job")
    with pytest.raises(MalformedResponse, match="too large"):
        moderator.check([image_of(b"x" * (5 * 1024 * 1024 + 1))], job_id="job")


def test_without_a_confidence_nothing_is_moderated_nor_loaded() -> None:
    assert connect_moderator(0, stack_name="stack") is None
    assert isinstance(connect_moderator(50, stack_name="stack"), Moderator)


def test_a_job_stores_its_images_only_when_they_were_looked_at(
    aws: None, monkeypatch: pytest.MonkeyPatch, moderator: Moderator
) -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (64, 64)).save(buffer, "JPEG")
    monkeypatch.setattr(
        "handlers.image.codecs.stable_diffusion.images", lambda body, settings: [image_of(buffer.getvalue())]
    )
    host: Any = None
    maker = ImageMaker(host, codec="stable-diffusion", bucket="images", moderator=moderator)
    job = job_of_item({"job_id": {"S": "a" * 32}, "request": {"S": "{}"}, "status": {"S": "RUNNING"}})
    plays(monkeypatch, moderator, buffer.getvalue())
    with pytest.raises(ContentFiltered):
        maker.store(job, b"")
    stored = boto3.client("s3").list_objects_v2(Bucket="images").get("Contents", [])
    assert stored == []
    plays(monkeypatch, moderator)
    assert maker.store(job, b"")[0]["width"] == 64
