"""Amazon Rekognition in the emulator: what it sees in an image, and what it does not take for one."""

from __future__ import annotations

import io
from typing import Any

import pytest
from botocore.exceptions import ClientError
from PIL import Image

from genai_templates.local import Emulator
from genai_templates.local.stand_in.picture import ImageRequest, draw


@pytest.fixture
def rekognition(emulator: Emulator) -> Any:
    return emulator.client("rekognition")


def file_of(image: Image.Image, image_format: str = "JPEG") -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, image_format, quality=85)
    return buffer.getvalue()


def confidences(rekognition: Any, data: bytes, least: float = 1.0) -> list[float]:
    labels = rekognition.detect_moderation_labels(Image={"Bytes": data}, MinConfidence=least)["ModerationLabels"]
    return [label["Confidence"] for label in labels]


@pytest.mark.parametrize("image_format", ["JPEG", "PNG"])
def test_the_mark_of_the_stand_in_is_seen(rekognition: Any, image_format: str) -> None:
    def drawn(prompt: str) -> bytes:
        return file_of(draw(ImageRequest(prompt, width=256, height=256)), image_format)

    assert confidences(rekognition, drawn("a fox")) == []
    (certain,) = confidences(rekognition, drawn("a fox to be moderated"))
    (faint,) = confidences(rekognition, drawn("a fox faintly to be moderated"))
    assert (certain > 95, 20 < faint < 50) == (True, True)
    assert confidences(rekognition, drawn("a fox faintly to be moderated"), 50.0) == []


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"not an image", "InvalidImageFormatException"),
        (file_of(Image.new("RGB", (64, 64)), "GIF"), "InvalidImageFormatException"),
        (file_of(Image.new("RGB", (49, 64))), "InvalidParameterException"),
        (bytes(5 * 1024 * 1024 + 1), "ImageTooLargeException"),
    ],
    ids=["no image", "GIF", "too small", "too large"],
)
def test_what_is_no_image_of_the_right_size_is_refused(rekognition: Any, data: bytes, code: str) -> None:
    with pytest.raises(ClientError) as refused:
        confidences(rekognition, data)
    assert refused.value.response["Error"]["Code"] == code


def test_another_operation_is_not_there(rekognition: Any) -> None:
    with pytest.raises(ClientError, match="no operation DetectLabels"):
        rekognition.detect_labels(Image={"Bytes": b"x"})
