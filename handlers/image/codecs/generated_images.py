"""The response of JumpStart's text-to-image containers: base64 JPEGs where they can, pixel arrays where they cannot.

The encoder is loaded where images are made: a function that has just started loads it while the model works (see
``endpoint_call_function``).
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

from handlers.common.errors import MalformedResponse

from ..encoder import load_encoder
from ..files import ImageFile
from ..pixels import read_images

ACCEPT = "application/json;jpeg"


def images(body: bytes, settings: dict[str, Any]) -> list[ImageFile]:
    """Return the images; raises MalformedResponse for a response that does not hold what was requested."""
    made = _images_of_arrays(body) if _holds_arrays(body) else _images_of_files(body)
    if len(made) != settings["num_images"]:
        raise MalformedResponse(f"the model made {len(made)} images instead of {settings['num_images']}")
    for image in made:
        if (image.width, image.height) != (settings["width"], settings["height"]):
            raise MalformedResponse(
                f"the model made an image of {image.width} x {image.height} pixels "
                f"instead of {settings['width']} x {settings['height']}"
            )
    return made


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
    encoded = document.get("generated_images") if isinstance(document, dict) else None
    if not isinstance(encoded, list) or not encoded:
        raise MalformedResponse("the model's response holds no images")
    image_of_file = load_encoder().image_of_file
    return [image_of_file(_decoded(image)) for image in encoded]


def _decoded(image: object) -> bytes:
    if not isinstance(image, str):
        raise MalformedResponse("the model's response holds something that is not an image")
    try:
        return base64.b64decode(image, validate=True)
    except (binascii.Error, ValueError):
        raise MalformedResponse("the model's response was cut short") from None
