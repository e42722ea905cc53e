"""JumpStart's FLUX.1 schnell, which makes an image in few steps and can neither be guided nor told what to avoid.

It was distilled for one to four steps without guidance: more of either does no good, and takes time that the endpoint
does not have. So ``guidance_scale`` is 0, ``num_inference_steps`` is at most 4, and ``negative_prompt`` is left out,
whatever the job says; the page and the API's description say so too. Its sides are multiples of 16: others are
rounded down.
https://huggingface.co/black-forest-labs/FLUX.1-schnell#diffusers
https://huggingface.co/docs/diffusers/api/pipelines/flux
"""

from __future__ import annotations

from typing import Any

from ..files import ImageFile
from . import generated_images, stable_diffusion
from .generated_images import ACCEPT

__all__ = ["ACCEPT", "images", "request"]

_MOST_STEPS = 4
_SIDE_MULTIPLE = 16


def request(settings: dict[str, Any]) -> dict[str, Any]:
    """Return the body of the request."""
    return stable_diffusion.request(_possible(settings))


def images(body: bytes, settings: dict[str, Any]) -> list[ImageFile]:
    """Return the images; raises MalformedResponse for a response that does not hold what was requested."""
    return generated_images.images(body, _possible(settings))


def _possible(settings: dict[str, Any]) -> dict[str, Any]:
    """Return the settings as the model can take them."""
    return {
        **settings,
        "negative_prompt": "",
        "guidance_scale": 0.0,
        "num_inference_steps": min(settings["num_inference_steps"], _MOST_STEPS),
        "width": settings["width"] // _SIDE_MULTIPLE * _SIDE_MULTIPLE,
        "height": settings["height"] // _SIDE_MULTIPLE * _SIDE_MULTIPLE,
    }
