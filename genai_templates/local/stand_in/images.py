"""Images in the wire formats of JumpStart's container of Stable Diffusion v2."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..invoke_endpoint import ModelResponse

if TYPE_CHECKING:
    from PIL import Image

PIXELS = "application/json"
_JPEG = "application/json;jpeg"
_QUALITY = 90


def encoded_images(images: Sequence[Image.Image], prompt: str, accept: str) -> ModelResponse:
    """Return a response with these images: as JPEGs if they are accepted, else as rows of pixels."""
    as_jpeg = accept.replace(" ", "").lower() == _JPEG
    encoded = [_jpeg(image) if as_jpeg else _pixels(image) for image in images]
    body = json.dumps({"generated_images": encoded, "prompt": prompt}).encode()
    return ModelResponse(200, _JPEG if as_jpeg else PIXELS, body)


def _jpeg(image: Image.Image) -> str:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=_QUALITY)
    return base64.b64encode(buffer.getvalue()).decode()


def _pixels(image: Image.Image) -> list[list[list[int]]]:
    data = image.tobytes()
    row = image.width * 3
    return [[list(data[start : start + 3]) for start in range(top, top + row, 3)] for top in range(0, len(data), row)]
