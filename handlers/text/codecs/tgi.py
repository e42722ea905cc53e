"""Hugging Face's Text Generation Inference: ``inputs`` and ``parameters``, then a list with ``generated_text``.

https://huggingface.co/docs/text-generation-inference/reference/api_reference
"""

from __future__ import annotations

from typing import Any

from .codec import GenerationParameters
from .response import checked_text, field, first, read_json


def request(prompt: str, parameters: GenerationParameters) -> dict[str, Any]:
    """Return the body of the request."""
    own = {"do_sample": True, "return_full_text": False}
    return {"inputs": prompt, "parameters": {**parameters._asdict(), **own}}


def text(body: bytes, prompt: str) -> str:
    """Return the generated text; raises ModelFailed for a response that has none."""
    generated = checked_text(field(first(read_json(body)), "generated_text"))
    # Some containers ignore return_full_text and repeat the prompt first.
    return generated.removeprefix(prompt).strip()
