"""The wire format of Stability AI's image models on Amazon Bedrock: Stable Image and Stable Diffusion 3.5.

They make one image a request, of about a megapixel and in one of nine shapes, and choose steps and guidance by
themselves. So a job of several images is several requests; each image has the shape that is nearest to what was
requested and is then cropped and scaled to the requested size, where the function has Pillow for it.
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

from handlers.common.errors import ContentFiltered, MalformedResponse, ModelFailed

from ..encoder import load_encoder
from ..files import ImageFile

# https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-stability-diffusion.html
_RATIOS = ((1, 1), (3, 2), (2, 3), (5, 4), (4, 5), (16, 9), (9, 16), (21, 9), (9, 21))
_SEEDS = 4_294_967_294
"""How many seeds there are: a 0 would leave the choice to the model."""
_FILTERED = "Filter reason"


ACCEPT = "application/json"


def request(settings: dict[str, Any]) -> dict[str, Any]:
    """Return the body of each request; the images differ by their seeds."""
    return {"requests": [_request(settings, number) for number in range(settings["num_images"])]}


def images(body: bytes, settings: dict[str, Any]) -> list[ImageFile]:
    """Return the images, in the requested size.

    Raises ContentFiltered where one was refused, ModelFailed where another try may help, and
    MalformedResponse for a response that does not hold an image.
    """
    try:
        responses = json.loads(body)
    except (ValueError, RecursionError):
        raise MalformedResponse("the model's response could not be read") from None
    files = [_file(response) for response in responses]
    if len(files) != settings["num_images"]:
        raise MalformedResponse(f"the model made {len(files)} images instead of {settings['num_images']}")
    fitted = load_encoder().fitted_image_of_file
    return [fitted(file, settings["width"], settings["height"]) for file in files]


def _request(settings: dict[str, Any], number: int) -> dict[str, object]:
    body: dict[str, object] = {
        "prompt": settings["prompt"],
        "aspect_ratio": _nearest_ratio(settings["width"], settings["height"]),
        "seed": (settings["seed"] + number) % _SEEDS + 1,
        "output_format": "jpeg",
    }
    if settings["negative_prompt"]:
        body["negative_prompt"] = settings["negative_prompt"]
    return body


def _nearest_ratio(width: int, height: int) -> str:
    """Return the shape of which least has to be cropped."""
    ratio = width / height
    across, down = min(_RATIOS, key=lambda each: max(ratio * each[1] / each[0], each[0] / each[1] / ratio))
    return f"{across}:{down}"


def _file(response: Any) -> bytes:
    try:
        reason = response["finish_reasons"][0]
        if reason is None:
            return base64.b64decode(response["images"][0], validate=True)
    except (LookupError, TypeError):
        raise MalformedResponse("the model's response holds no images") from None
    except (binascii.Error, ValueError):
        raise MalformedResponse("the model's response was cut short") from None
    if str(reason).startswith(_FILTERED):
        raise ContentFiltered
    raise ModelFailed("the model failed; try again")
