"""The request of an image job, checked field by field."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from handlers.common import limits
from handlers.common.validation import Fields

JobSettings = dict[str, Any]


def read_job_settings(document: Mapping[str, Any]) -> JobSettings:
    """Return the job's settings with their defaults, and -1 for a seed that the client left out.

    Raises InvalidRequest for what is wrong with the document.
    """
    fields = Fields(document)
    settings: JobSettings = {
        "prompt": fields.text(
            "prompt",
            minimum=limits.IMAGE_PROMPT_MIN_CHARACTERS,
            maximum=limits.IMAGE_PROMPT_MAX_CHARACTERS,
        ),
        "negative_prompt": fields.text(
            "negative_prompt", minimum=0, maximum=limits.IMAGE_PROMPT_MAX_CHARACTERS, required=False
        ),
        "width": _side(fields, "width"),
        "height": _side(fields, "height"),
        "num_inference_steps": fields.integer(
            "num_inference_steps",
            minimum=1,
            maximum=limits.MAX_INFERENCE_STEPS,
            default=limits.DEFAULT_INFERENCE_STEPS,
        ),
        "guidance_scale": fields.number(
            "guidance_scale",
            minimum=limits.GUIDANCE_SCALE_RANGE[0],
            maximum=limits.GUIDANCE_SCALE_RANGE[1],
            default=limits.DEFAULT_GUIDANCE_SCALE,
        ),
        "num_images": fields.integer("num_images", minimum=1, maximum=limits.MAX_IMAGES, default=1),
        "seed": fields.integer("seed", minimum=0, maximum=limits.MAX_SEED, default=-1),
    }
    work = settings["width"] * settings["height"] * settings["num_inference_steps"] * settings["num_images"]
    if work > limits.MAX_PIXEL_STEPS:
        fields.add_error("num_inference_steps", "are too many for images of this size and number; lower one of them")
    fields.raise_if_invalid()
    return settings


def _side(fields: Fields, name: str) -> int:
    smallest, largest = limits.IMAGE_SIDE_RANGE
    side = fields.integer(name, minimum=smallest, maximum=largest, default=limits.DEFAULT_IMAGE_SIDE)
    if side % limits.IMAGE_SIDE_MULTIPLE:
        fields.add_error(name, f"must be a multiple of {limits.IMAGE_SIDE_MULTIPLE}")
    return side


def with_seed(settings: JobSettings) -> JobSettings:
    """Return the settings with a seed, chosen here if the client left it out; every try then makes the same images."""
    if settings["seed"] >= 0:
        return settings
    return {**settings, "seed": secrets.randbelow(limits.MAX_SEED + 1)}
