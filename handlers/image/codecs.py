"""The wire formats of image models, by the name that the catalogue gives them."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any, Protocol

from .pictures import Picture, picture_of_file, picture_of_pixels
from .pixels import MalformedAnswer, read_images


class Codec(Protocol):
    """Turns a job's settings into a request of the model, and its answer into pictures."""

    accept: str

    def request(self, settings: dict[str, Any]) -> dict[str, Any]:
        """Return the body of the request."""

    def pictures(self, body: bytes, settings: dict[str, Any]) -> list[Picture]:
        """Return the pictures; raises MalformedAnswer for an answer that is not what was asked for."""


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

    def pictures(self, body: bytes, settings: dict[str, Any]) -> list[Picture]:
        """Return the pictures; raises MalformedAnswer for an answer that is not what was asked for."""
        pictures = _pictures_of_arrays(body) if _holds_arrays(body) else _pictures_of_files(body)
        if len(pictures) != settings["num_images"]:
            raise MalformedAnswer(f"the model made {len(pictures)} images, and {settings['num_images']} were asked for")
        for picture in pictures:
            if (picture.width, picture.height) != (settings["width"], settings["height"]):
                raise MalformedAnswer(
                    f"the model made an image of {picture.width} x {picture.height} pixels, "
                    f"and {settings['width']} x {settings['height']} were asked for"
                )
        return pictures


def _holds_arrays(body: bytes) -> bool:
    start = body.find(b"[", body.find(b'"generated_images"') + 1)
    return body[start + 1 : start + 64].lstrip().startswith(b"[")


def _pictures_of_arrays(body: bytes) -> list[Picture]:
    return [picture_of_pixels(pixels) for pixels in read_images(body)]


def _pictures_of_files(body: bytes) -> list[Picture]:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise MalformedAnswer("the model's answer could not be read") from None
    images = document.get("generated_images") if isinstance(document, dict) else None
    if not isinstance(images, list) or not images:
        raise MalformedAnswer("the model's answer holds no images")
    return [picture_of_file(_decoded(image)) for image in images]


def _decoded(image: object) -> bytes:
    if not isinstance(image, str):
        raise MalformedAnswer("the model's answer holds something that is no image")
    try:
        return base64.b64decode(image, validate=True)
    except (binascii.Error, ValueError):
        raise MalformedAnswer("the model's answer was cut short") from None


CODECS: dict[str, Codec] = {"stable-diffusion": StableDiffusion()}
