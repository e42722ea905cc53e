"""Stand-ins for models of Amazon Bedrock: a language model behind Converse, and Stability AI's image models.

https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-stability-diffusion.html has the fields of an
image model's request. What else the service checks of a request is checked before it comes here.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from .text import CHARACTERS_PER_TOKEN, write

if TYPE_CHECKING:
    from .picture import ImageRequest

Document = dict[str, Any]

# About a megapixel, within the documented 640 to 1,536 pixels a side.
SIZES = {
    "1:1": (1024, 1024),
    "3:2": (1216, 832),
    "2:3": (832, 1216),
    "5:4": (1120, 896),
    "4:5": (896, 1120),
    "16:9": (1344, 768),
    "9:16": (768, 1344),
    "21:9": (1536, 656),
    "9:21": (656, 1536),
}
_MOST_CHARACTERS = 10_000
_LARGEST_SEED = 4_294_967_295
_FORMATS = ("jpeg", "png")
_DEFAULT_TOKENS = 512
_QUALITY = 90


def prompt_of(request: Document) -> str:
    """Return the texts of a Converse request, the system's first."""
    blocks = [*request.get("system", ()), *(each for message in request["messages"] for each in message["content"])]
    return "\n".join(block["text"] for block in blocks if "text" in block)


def most_tokens(request: Document) -> int:
    """Return how many tokens a Converse request lets the model write."""
    return int(request.get("inferenceConfig", {}).get("maxTokens", _DEFAULT_TOKENS))


def generate_text(request: Document) -> str:
    """Return the text that the language model writes for a Converse request."""
    return write(prompt_of(request), most_tokens(request))


def converse_response(request: Document, text: str) -> Document:
    """Return the response of Converse with this text."""
    used = len(prompt_of(request)) // CHARACTERS_PER_TOKEN + 1
    written = len(text) // CHARACTERS_PER_TOKEN + 1
    return {
        "output": {"message": {"role": "assistant", "content": [{"text": text}]}},
        "stopReason": "max_tokens" if written > most_tokens(request) else "end_turn",
        "usage": {"inputTokens": used, "outputTokens": written, "totalTokens": used + written},
        "metrics": {"latencyMs": 1},
    }


def problem_of_image_request(request: object) -> str:
    """Return what is wrong with the body of an image model's request, or nothing."""
    if not isinstance(request, dict) or not isinstance(request.get("prompt"), str):
        return "required key [prompt] not found"
    if unknown := sorted(request.keys() - _CHECKS.keys()):
        return f"extraneous key [{unknown[0]}] is not permitted"
    wrong = [name for name, value in request.items() if not _CHECKS[name](value)]
    return f"#/{wrong[0]}: {request[wrong[0]]!r} is not a valid value" if wrong else ""


def _is_text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= _MOST_CHARACTERS


_CHECKS: Mapping[str, Callable[[Any], bool]] = {
    "prompt": _is_text,
    "negative_prompt": _is_text,
    "aspect_ratio": lambda value: value in SIZES,
    "mode": lambda value: value == "text-to-image",
    "output_format": lambda value: value in _FORMATS,
    "seed": lambda value: type(value) is int and 0 <= value <= _LARGEST_SEED,
}


def image_request(request: Document) -> ImageRequest:
    """Return what is to be drawn for an image model's request."""
    from .picture import ImageRequest  # it takes Pillow, which texts do without

    width, height = SIZES[request.get("aspect_ratio", "1:1")]
    return ImageRequest(request["prompt"], request.get("negative_prompt", ""), request.get("seed", 0), width, height)


def draw_image(image: ImageRequest, image_format: str) -> bytes:
    """Return the picture's file."""
    from .picture import draw

    buffer = io.BytesIO()
    draw(image).save(buffer, image_format.upper(), quality=_QUALITY)
    return buffer.getvalue()


def image_response(request: Document, file: bytes) -> Document:
    """Return the response of an image model with this image."""
    return {
        "seeds": [request.get("seed", 0)],
        "finish_reasons": [None],
        "images": [base64.b64encode(file).decode()],
    }
