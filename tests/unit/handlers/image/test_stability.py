"""Stability AI's wire format: one request an image, and images in the size that was requested."""

from __future__ import annotations

import base64
import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from genai_templates.local.stand_in.bedrock import SIZES, problem_of_image_request
from handlers.common import limits
from handlers.common.errors import ContentFiltered, MalformedResponse, ModelFailed
from handlers.image import without_pillow
from handlers.image.codecs import load_codec

STABILITY = load_codec("stability")
SETTINGS: dict[str, Any] = {
    "prompt": "a fox in the snow",
    "negative_prompt": "",
    "width": 512,
    "height": 512,
    "num_inference_steps": 50,
    "guidance_scale": 7.5,
    "num_images": 1,
    "seed": 7,
}


def picture(width: int, height: int, image_format: str = "JPEG") -> bytes:
    """Return an image whose left half is black and whose right half is white."""
    image = Image.new("RGB", (width, height))
    image.paste((255, 255, 255), (width // 2, 0, width, height))
    buffer = io.BytesIO()
    image.save(buffer, image_format)
    return buffer.getvalue()


def responses(*files: bytes) -> bytes:
    encoded = [base64.b64encode(file).decode() for file in files]
    return json.dumps([{"seeds": [1], "finish_reasons": [None], "images": [each]} for each in encoded]).encode()


SIDES = st.integers(*(side // 8 for side in limits.IMAGE_SIDE_RANGE)).map(lambda eighth: 8 * eighth)


@given(SIDES, SIDES, st.integers(1, limits.MAX_IMAGES), st.integers(0, limits.MAX_SEED), st.sampled_from(["", "blur"]))
def test_every_request_of_the_api_is_one_that_the_model_takes(
    width: int, height: int, count: int, seed: int, negative: str
) -> None:
    settings = {**SETTINGS, "width": width, "height": height, "num_images": count, "seed": seed}
    requests = STABILITY.request({**settings, "negative_prompt": negative})["requests"]
    assert [problem_of_image_request(each) for each in requests] == [""] * count
    assert len({each["seed"] for each in requests}) == count
    assert 0 not in {each["seed"] for each in requests}, "the model would choose one"
    assert [each.get("negative_prompt", "") for each in requests] == [negative] * count


@pytest.mark.parametrize(
    ("width", "height", "ratio"),
    [
        (512, 512, "1:1"),
        (768, 512, "3:2"),
        (512, 768, "2:3"),
        (640, 512, "5:4"),
        (1024, 576, "16:9"),
        (576, 1024, "9:16"),
        (1024, 256, "21:9"),
        (256, 1024, "9:21"),
        (520, 512, "1:1"),
    ],
)
def test_the_nearest_shape_is_requested(width: int, height: int, ratio: str) -> None:
    (request,) = STABILITY.request({**SETTINGS, "width": width, "height": height})["requests"]
    assert request["aspect_ratio"] == ratio


@pytest.mark.parametrize("image_format", ["JPEG", "PNG"])
@pytest.mark.parametrize("size", [(512, 512), (256, 1024), (1024, 256), (1024, 1024), (264, 256)])
@pytest.mark.parametrize("made", [SIZES["1:1"], SIZES["21:9"]])
def test_images_come_in_the_requested_size(made: tuple[int, int], size: tuple[int, int], image_format: str) -> None:
    settings = {**SETTINGS, "width": size[0], "height": size[1], "num_images": 2}
    file = picture(*made, image_format)
    images = STABILITY.images(responses(file, file), settings)
    assert [(image.width, image.height) for image in images] == [size, size]
    decoded = Image.open(io.BytesIO(images[0].data)).convert("L")
    assert decoded.size == size
    assert decoded.getpixel((4, size[1] // 2)) == pytest.approx(0, abs=8), "the middle was kept"
    assert decoded.getpixel((size[0] - 4, size[1] // 2)) == pytest.approx(255, abs=8), "the middle was kept"
    assert images[0].thumbnail


def test_a_wide_image_is_cropped_and_not_squeezed() -> None:
    wide = Image.new("RGB", SIZES["21:9"])
    wide.paste((255, 255, 255), (0, 0, 200, wide.height))
    buffer = io.BytesIO()
    wide.save(buffer, "JPEG")
    (image,) = STABILITY.images(responses(buffer.getvalue()), SETTINGS)
    assert Image.open(io.BytesIO(image.data)).convert("L").getpixel((0, 256)) == pytest.approx(0, abs=8)


def test_without_pillow_an_image_keeps_the_size_that_the_model_made() -> None:
    image = without_pillow.fitted_image_of_file(picture(1024, 1024), 512, 512)
    assert (image.width, image.height, image.thumbnail) == (1024, 1024, None)


@pytest.mark.parametrize("reason", ["Filter reason: prompt", "Filter reason: output image"])
def test_a_refused_prompt_is_said_to_be_one(reason: str) -> None:
    with pytest.raises(ContentFiltered, match="content filter"):
        STABILITY.images(json.dumps([{"finish_reasons": [reason]}]).encode(), SETTINGS)


def test_an_inference_error_is_tried_again() -> None:
    with pytest.raises(ModelFailed) as caught:
        STABILITY.images(b'[{"finish_reasons": ["Inference error"]}]', SETTINGS)
    assert not isinstance(caught.value, MalformedResponse)


@pytest.mark.parametrize(
    "body",
    [
        b"[{",
        b"[" * 100_000,
        b"{}",
        b"[]",
        b"[null]",
        b"[{}]",
        b'[{"finish_reasons": [null]}]',
        b'[{"finish_reasons": [null], "images": []}]',
        b'[{"finish_reasons": [null], "images": [7]}]',
        b'[{"finish_reasons": [null], "images": ["!"]}]',
        responses(b"not an image"),
        responses(picture(64, 64)[:200]),
        responses(picture(64, 64), picture(64, 64)),
    ],
)
def test_what_holds_no_image_fails_the_job_for_good(body: bytes) -> None:
    with pytest.raises(MalformedResponse):
        STABILITY.images(body, SETTINGS)
