"""Mistral 7B Instruct on a Large Model Inference container: one instruction, in the marks of its chat template.

The mark of the beginning (``<s>``) is left to the tokenizer, which adds it.
https://huggingface.co/mistralai/Mistral-7B-Instruct-v0.2#instruction-format
"""

from __future__ import annotations

from typing import Any

from . import lmi
from .codec import GenerationParameters


def request(prompt: str, parameters: GenerationParameters) -> dict[str, Any]:
    """Return the body of the request."""
    return lmi.request(_instruction(prompt), parameters)


def text(body: bytes, prompt: str) -> str:
    """Return the generated text; raises ModelFailed for a response that has none."""
    return lmi.text(body, _instruction(prompt))


def _instruction(prompt: str) -> str:
    return f"[INST] {prompt} [/INST]"
