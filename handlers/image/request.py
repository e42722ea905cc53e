"""What a client may ask for: the request of a job, checked field by field."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from typing import Any

from handlers.common import limits
from handlers.common.errors import InvalidRequest
from handlers.common.validation import Fields

Settings = dict[str, Any]


def read_job(document: Mapping[str, Any]) -> Settings:
    """Return the job's settings with their defaults; raises InvalidRequest for what is wrong with the document.

    A seed is chosen where none is given, and kept, so that a second run makes the same images.
    """
    fields = Fields(document)
    settings: Settings = {
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


def request_hash(settings: Settings) -> str:
    """Return what tells two requests apart; the seed counts only where the client gave one."""
    return hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()


def with_seed(settings: Settings) -> Settings:
    """Return the settings with a seed, chosen here if the client gave none."""
    if settings["seed"] >= 0:
        return settings
    return {**settings, "seed": secrets.randbelow(limits.MAX_SEED + 1)}


def read_idempotency_key(headers: Mapping[str, str]) -> str | None:
    """Return the Idempotency-Key header, if there is one; raises InvalidRequest for one that is no key."""
    key = headers.get("idempotency-key")
    if key is None:
        return None
    if not (1 <= len(key) <= limits.IDEMPOTENCY_KEY_MAX_CHARACTERS and key.isascii() and key.isprintable()):
        raise InvalidRequest(
            f"Idempotency-Key must be 1 to {limits.IDEMPOTENCY_KEY_MAX_CHARACTERS} printable ASCII characters"
        )
    return key
