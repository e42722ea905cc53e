"""The wire formats of image models, by the name that the catalogue gives them.

The encoder is loaded where images are made: a function that has just started loads it while the model works (see
``endpoint_call_function``).
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any, Protocol

from handlers.common.errors import MalformedResponse

from .encoder import load_encoder
from .files import ImageFile
from .pixels import read_images
from .stability import Stability


class Codec(Protocol):
    """Turns a job's settings into a request of the model, and its response into images."""

    accept: str

    def request(self, settings: dict[str, Any]) -> dict[str, Any]:
        """Return the body of the request."""

    def images(self, body: bytes, settings: dict[str, Any]) -> list[ImageFile]:
        """Return the images; raises MalformedResponse for a response that does not hold what was requested."""


class StableDiffusion:
    """JumpStart's Stable Diffusion: base64 JPEGs where the container can, nested pixel arrays where it cannot."""

    accept = "application/json;jpeg"

    def request(self, settings: dict[str, Any]) -> dict[str, Any]:
        """Return the body of the request."""
        body = {
            "prompt": settings["prompt"],
            "width": settings["width"],
            "height": settings["height"],
            "num_images_per_prompt": settings["num_images"],
            "num_inference_steps": settings["num_inference_steps"],
            "guidance_scale": settings["guidance_scale"],
            "seed": settings["seed"],
        }
        if settings["negative_prompt"]:
            body["negative_prompt"] = settings["negative_prompt"]
        return body

    def images(self, body: bytes, settings: dict[str, Any]) -> list[ImageFile]:
        """Return the images; raises MalformedResponse for a response that does not hold what was requested."""
        images = _images_of_arrays(body) if _holds_arrays(body) else _images_of_files(body)
        if len(images) != settings["num_images"]:
            raise MalformedResponse(f"the model made {len(images)} images instead of {settings['num_images']}")
        for image in images:
            if (image.width, image.height) != (settings["width"], settings["height"]):
                raise MalformedResponse(
                    f"the model made an image of {image.width} x {image.height} pixels "
                    f"instead of {settings['width']} x {settings['height']}"
                )
        return images


def _holds_arrays(body: bytes) -> bool:
    start = body.find(b"[", body.find(b'"generated_images"') + 1)
    return body[start + 1 : start + 64].lstrip().startswith(b"[")


def _images_of_arrays(body: bytes) -> list[ImageFile]:
    image_of_pixels = load_encoder().image_of_pixels
    return [image_of_pixels(pixels) for pixels in read_images(body)]


def _images_of_files(body: bytes) -> list[ImageFile]:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise MalformedResponse("the model's response could not be read") from None
    images = document.get("generated_images") if isinstance(document, dict) else None
    if not isinstance(images, list) or not images:
        raise MalformedResponse("the model's response holds no images")
    image_of_file = load_encoder().image_of_file
    return [image_of_file(_decoded(image)) for image in images]


def _decoded(image: object) -> bytes:
    if not isinstance(image, str):
        raise MalformedResponse("the model's response holds something that is not an image")
    try:
        return base64.b64decode(image, validate=True)
    except (binascii.Error, ValueError):
        raise MalformedResponse("the model's response was cut short") from None


CODECS: dict[str, Codec] = {"stable-diffusion": StableDiffusion(), "stability": Stability()}
