"""JumpStart's Stable Diffusion 2, in all its variants.

https://github.com/aws/amazon-sagemaker-examples, JumpStart's text-to-image notebooks
"""

from __future__ import annotations

from typing import Any

from .generated_images import ACCEPT, images

__all__ = ["ACCEPT", "images", "request"]


def request(settings: dict[str, Any]) -> dict[str, Any]:
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
