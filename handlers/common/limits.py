"""Limits of requests, read from ``limits.json``: the library, the API's contract and the pages read it too."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_LIMITS: dict[str, dict[str, Any]] = json.loads(Path(__file__).with_name("limits.json").read_text("utf-8"))
_REQUEST, _TEXT, _IMAGE = _LIMITS["request"], _LIMITS["text"], _LIMITS["image"]

# Text: characters and tokens.
TEXT_MAX_CHARACTERS: int = _TEXT["textMaxCharacters"]
TEXT_PROMPT_MAX_CHARACTERS: int = _TEXT["promptMaxCharacters"]
MAX_NEW_TOKENS: int = _TEXT["maxNewTokens"]
DEFAULT_NEW_TOKENS: int = _TEXT["defaultNewTokens"]
TEMPERATURE_RANGE: tuple[float, float] = (_TEXT["minTemperature"], _TEXT["maxTemperature"])
DEFAULT_TEMPERATURE: float = _TEXT["defaultTemperature"]
TOP_P_RANGE: tuple[float, float] = (_TEXT["minTopP"], _TEXT["maxTopP"])
DEFAULT_TOP_P: float = _TEXT["defaultTopP"]
# English has about four characters a token; three leave room for other texts.
CHARACTERS_PER_TOKEN = 3

# Images: characters, pixels, steps. The endpoint has 60 seconds, which is about four images of 512 x 512 pixels at 100
# steps on one A10G: hence the limit of all images' pixels times their steps.
IMAGE_PROMPT_MIN_CHARACTERS: int = _IMAGE["promptMinCharacters"]
IMAGE_PROMPT_MAX_CHARACTERS: int = _IMAGE["promptMaxCharacters"]
IMAGE_SIDE_RANGE: tuple[int, int] = (_IMAGE["minPixelsSide"], _IMAGE["maxPixelsSide"])
IMAGE_SIDE_MULTIPLE: int = _IMAGE["sideMultiple"]
DEFAULT_IMAGE_SIDE: int = _IMAGE["defaultPixelsSide"]
MAX_INFERENCE_STEPS: int = _IMAGE["maxSteps"]
DEFAULT_INFERENCE_STEPS: int = _IMAGE["defaultSteps"]
GUIDANCE_SCALE_RANGE: tuple[float, float] = (_IMAGE["minGuidance"], _IMAGE["maxGuidance"])
DEFAULT_GUIDANCE_SCALE: float = _IMAGE["defaultGuidance"]
MAX_IMAGES: int = _IMAGE["maxImages"]
MAX_SEED: int = _IMAGE["maxSeed"]
MAX_PIXEL_STEPS: int = _IMAGE["maxPixelSteps"]

IDEMPOTENCY_KEY_MAX_CHARACTERS: int = _REQUEST["idempotencyKeyMaxCharacters"]
MAX_BODY_BYTES: int = _REQUEST["maxBodyBytes"]
