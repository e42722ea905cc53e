"""Stand-ins for the models: they respond in the models' own wire formats, at once and the same each time."""

from __future__ import annotations

import json
import os
import threading
from typing import Any

from ..invoke_endpoint import ModelResponse, container_error
from .images import encoded_images
from .large_models import complete_chat, generate_from_inputs, has_marks
from .text import CHARACTERS_PER_TOKEN, write

_MAX_INPUT_TOKENS = 1024
_MAX_TOTAL_TOKENS = 2048
_MAX_PIXELS = 16 * 1024 * 1024
_DRAWING = threading.BoundedSemaphore(os.cpu_count() or 1)
"""A picture takes memory while it is drawn, so only so many are drawn at once."""


def invoke_model(body: bytes, accept: str) -> ModelResponse:
    """Respond to a request for text (``inputs`` of TGI and LMI, ``messages`` of vLLM) or for images (``prompt``)."""
    try:
        request = json.loads(body)
    except ValueError:
        return _refused(400, "the body is not JSON")
    try:
        if isinstance(request, dict) and "messages" in request:
            return complete_chat(request)
        if isinstance(request, dict) and "inputs" in request:
            return generate_from_inputs(request) if has_marks(str(request["inputs"])) else _generate_text(request)
        if isinstance(request, dict) and "prompt" in request:
            with _DRAWING:
                return _generate_images(request, accept)
    except (TypeError, ValueError, OverflowError, LookupError) as error:
        return _refused(400, f"a parameter has the wrong type: {error}")
    return _refused(400, "the body has neither inputs, messages nor a prompt")


def _refused(status: int, message: str) -> ModelResponse:
    return ModelResponse(
        status, "application/json", json.dumps({"error": message, "error_type": "validation"}).encode()
    )


# The language model: text-generation-inference 2.4.


def _generate_text(request: dict[str, Any]) -> ModelResponse:
    inputs = str(request["inputs"])
    parameters = request.get("parameters") or {}
    wanted = int(parameters.get("max_new_tokens", 100))
    tokens = len(inputs) // CHARACTERS_PER_TOKEN
    if parameters.get("temperature", 1.0) <= 0:
        return _refused(422, "Input validation error: `temperature` must be strictly positive")
    if not 0 < parameters.get("top_p", 0.5) < 1:
        return _refused(422, "Input validation error: `top_p` must be > 0.0 and < 1.0")
    if tokens > _MAX_INPUT_TOKENS:
        return _refused(422, f"Input validation error: `inputs` must have less than {_MAX_INPUT_TOKENS} tokens")
    if tokens + wanted > _MAX_TOTAL_TOKENS:
        return _refused(422, f"`inputs` tokens + `max_new_tokens` must be <= {_MAX_TOTAL_TOKENS}")
    text = write(inputs, wanted)
    generated = [{"generated_text": inputs + text if parameters.get("return_full_text") else text}]
    return ModelResponse(200, "application/json", json.dumps(generated).encode())


# The diffusion models: JumpStart's containers of Stable Diffusion v2 and of FLUX.1 schnell.


def _generate_images(request: dict[str, Any], accept: str) -> ModelResponse:
    from .picture import ImageRequest, draw  # it takes Pillow, which texts do without

    width, height = int(request.get("width", 512)), int(request.get("height", 512))
    count = int(request.get("num_images_per_prompt", 1))
    if width % 8 or height % 8 or min(width, height, count) <= 0:
        return _refused(400, f"`height` and `width` have to be divisible by 8 but are {height} and {width}.")
    if width * height * count > _MAX_PIXELS:
        return container_error(500, "CUDA out of memory.")
    image = ImageRequest(
        str(request["prompt"]),
        str(request.get("negative_prompt") or ""),
        int(request.get("seed", 0)),
        width,
        height,
        int(request.get("num_inference_steps", 50)),
        float(request.get("guidance_scale", 7.5)),
    )
    images = [draw(image._replace(seed=image.seed + number)) for number in range(count)]
    return encoded_images(images, image.prompt, accept)
