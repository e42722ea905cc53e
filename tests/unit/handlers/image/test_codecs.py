"""Requests are those that the containers document, and a response is read as images or is malformed."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genai_templates.model import codecs_of
from handlers.common.errors import MalformedResponse
from handlers.image.codecs import load_codec

from .conftest import jpeg, jpeg_response

NAMES = codecs_of("image")
SETTINGS: dict[str, Any] = {
    "prompt": "cottage in impressionist style",
    "negative_prompt": "rain",
    "width": 256,
    "height": 264,
    "num_images": 1,
    "num_inference_steps": 50,
    "guidance_scale": 7.5,
    "seed": 1,
}
# The advanced payload of JumpStart's text-to-image notebooks (aws/amazon-sagemaker-examples).
STABLE_DIFFUSION = {
    "prompt": "cottage in impressionist style",
    "width": 256,
    "height": 264,
    "num_images_per_prompt": 1,
    "num_inference_steps": 50,
    "guidance_scale": 7.5,
    "seed": 1,
    "negative_prompt": "rain",
}
# The model card of FLUX.1 schnell: guidance_scale=0.0, num_inference_steps=4; sides are multiples of 16 (diffusers).
FLUX = {
    "prompt": "cottage in impressionist style",
    "width": 256,
    "height": 256,
    "num_images_per_prompt": 1,
    "num_inference_steps": 4,
    "guidance_scale": 0.0,
    "seed": 1,
}


def test_a_request_of_stable_diffusion_is_the_documented_one() -> None:
    assert load_codec("stable-diffusion").request(SETTINGS) == STABLE_DIFFUSION


def test_a_request_of_flux_schnell_has_what_the_model_can_take() -> None:
    assert load_codec("flux-schnell").request(SETTINGS) == FLUX


def test_fewer_steps_than_flux_schnell_can_are_the_jobs_own() -> None:
    assert load_codec("flux-schnell").request({**SETTINGS, "num_inference_steps": 2})["num_inference_steps"] == 2


@pytest.mark.parametrize(("name", "height"), [("stable-diffusion", 264), ("flux-schnell", 256)])
def test_images_have_the_size_that_the_model_was_told(name: str, height: int) -> None:
    (image,) = load_codec(name).images(jpeg_response(jpeg(256, height)), SETTINGS)
    assert (image.width, image.height) == (256, height)
    with pytest.raises(MalformedResponse, match="256 x 240 pixels"):
        load_codec(name).images(jpeg_response(jpeg(256, 240)), SETTINGS)


@pytest.mark.parametrize("name", NAMES)
def test_another_number_of_images_is_malformed(name: str) -> None:
    with pytest.raises(MalformedResponse, match="made 2 images instead of 1"):
        load_codec(name).images(jpeg_response(jpeg(256, 256), jpeg(256, 256)), SETTINGS)


@pytest.mark.parametrize("name", NAMES)
@given(data=st.data())
def test_a_response_that_is_cut_anywhere_is_malformed(name: str, data: st.DataObject) -> None:
    pixels = json.dumps({"generated_images": [[[[1, 2, 3]] * 16] * 16]}).encode()
    small = {**SETTINGS, "width": 16, "height": 16}
    whole = data.draw(st.sampled_from([jpeg_response(jpeg(16, 16)), pixels]))
    end = whole.index(b"]}" if whole is pixels else b'"]') + 1
    with pytest.raises(MalformedResponse):
        load_codec(name).images(whole[: data.draw(st.integers(0, end - 1))], small)


@pytest.mark.parametrize("name", NAMES)
@given(body=st.binary() | st.recursive(st.none() | st.text(), st.lists).map(lambda each: json.dumps(each).encode()))
def test_anything_else_is_malformed(name: str, body: bytes) -> None:
    with pytest.raises(MalformedResponse):
        load_codec(name).images(body, SETTINGS)


def test_a_function_loads_its_own_format_alone() -> None:
    code = (
        "import sys; from handlers.image.codecs import load_codec; load_codec('stable-diffusion');"
        "print(*sorted(name for name in sys.modules if name.startswith('handlers.image.codecs.')))"
    )
    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    assert loaded == [f"handlers.image.codecs.{name}" for name in ("codec", "generated_images", "stable_diffusion")]
