"""Stand-ins for the models: they answer in the models' own wire formats, at once and the same each time.

The language model answers with sentences of its input; the diffusion model draws shapes whose colours and places
come from prompt and seed.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from .images import encoded_images
from .wire import ModelAnswer

if TYPE_CHECKING:
    from PIL import Image

_MAX_INPUT_TOKENS = 1024
_MAX_TOTAL_TOKENS = 2048
_CHARACTERS_PER_TOKEN = 4


def ask_model(body: bytes, accept: str) -> ModelAnswer:
    """Answer a request in the format of TGI (``inputs``) or of Stable Diffusion (``prompt``)."""
    try:
        request = json.loads(body)
    except ValueError:
        return _refused(400, "the body is not JSON")
    if isinstance(request, dict) and "inputs" in request:
        return _generate_text(request)
    if isinstance(request, dict) and "prompt" in request:
        return _generate_images(request, accept)
    return _refused(400, "the body has neither inputs nor a prompt")


def _refused(status: int, message: str) -> ModelAnswer:
    return ModelAnswer(status, "application/json", json.dumps({"error": message, "error_type": "validation"}).encode())


# The language model: text-generation-inference 2.4.


def _generate_text(request: dict[str, Any]) -> ModelAnswer:
    inputs = str(request["inputs"])
    parameters = request.get("parameters") or {}
    wanted = int(parameters.get("max_new_tokens", 100))
    tokens = len(inputs) // _CHARACTERS_PER_TOKEN
    if parameters.get("temperature", 1.0) <= 0:
        return _refused(422, "Input validation error: `temperature` must be strictly positive")
    if not 0 < parameters.get("top_p", 0.5) < 1:
        return _refused(422, "Input validation error: `top_p` must be > 0.0 and < 1.0")
    if tokens > _MAX_INPUT_TOKENS:
        return _refused(422, f"Input validation error: `inputs` must have less than {_MAX_INPUT_TOKENS} tokens")
    if tokens + wanted > _MAX_TOTAL_TOKENS:
        return _refused(422, f"`inputs` tokens + `max_new_tokens` must be <= {_MAX_TOTAL_TOKENS}")
    text = _extract(inputs, wanted * _CHARACTERS_PER_TOKEN)
    answer = [{"generated_text": inputs + text if parameters.get("return_full_text") else text}]
    return ModelAnswer(200, "application/json", json.dumps(answer).encode())


def _extract(text: str, characters: int) -> str:
    """Return the sentences with the most frequent words of the longest paragraph, in their order, up to a length."""
    longest = max(re.split(r"\n\s*\n", text), key=len)
    sentences = re.findall(r"[^.!?\n]+[.!?]?", longest)
    frequency = Counter(re.findall(r"\w{4,}", text.lower()))

    def weight(number: int) -> float:
        words = re.findall(r"\w{4,}", sentences[number].lower())
        return sum(frequency[word] for word in words) / (len(words) + 1)

    chosen: list[int] = []
    for number in sorted(range(len(sentences)), key=weight, reverse=True)[:3]:
        if not chosen or sum(len(sentences[each]) for each in (*chosen, number)) <= characters:
            chosen.append(number)
    return f"In short: {' '.join(sentences[number].strip() for number in sorted(chosen))}"[:characters]


# The diffusion model: JumpStart's container of Stable Diffusion v2.


def _generate_images(request: dict[str, Any], accept: str) -> ModelAnswer:
    width, height = int(request.get("width", 512)), int(request.get("height", 512))
    if width % 8 or height % 8:
        return _refused(400, f"`height` and `width` have to be divisible by 8 but are {height} and {width}.")
    seed = int(request.get("seed", 0))
    count = int(request.get("num_images_per_prompt", 1))
    drawn = [_draw(str(request["prompt"]), seed + number, width, height) for number in range(count)]
    return encoded_images(drawn, request["prompt"], accept)


def _draw(prompt: str, seed: int, width: int, height: int) -> Image.Image:
    from PIL import Image, ImageDraw

    chance = random.Random(hashlib.sha256(f"{prompt}#{seed}".encode()).digest())

    def colour() -> tuple[int, int, int]:
        return chance.randrange(256), chance.randrange(256), chance.randrange(256)

    image = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    image = Image.blend(image, Image.new("RGB", (width, height), colour()), 0.6)
    pen = ImageDraw.Draw(image)
    for _ in range(12):
        x, y, radius = chance.randrange(width), chance.randrange(height), chance.randrange(8, max(9, width // 4))
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour())
    pen.text((8, height - 20), prompt[:60], fill=(255, 255, 255))
    return image
