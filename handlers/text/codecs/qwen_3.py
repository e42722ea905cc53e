"""Qwen3 by chat completions: it responds at once, without writing down its reasoning first.

Reasoning takes more tokens than a response here may have. Where the container has it all the same, it is left out.
https://huggingface.co/Qwen/Qwen3-4B#switching-between-thinking-and-non-thinking-mode
"""

from __future__ import annotations

from typing import Any

from handlers.common.errors import ModelFailed

from . import chat_completions
from .codec import GenerationParameters

_REASONING, _END_OF_REASONING = "<think>", "</think>"


def request(prompt: str, parameters: GenerationParameters) -> dict[str, Any]:
    """Return the body of the request."""
    own = {"chat_template_kwargs": {"enable_thinking": False}}
    return {**chat_completions.request(prompt, parameters), **own}


def text(body: bytes, prompt: str) -> str:
    """Return the generated text; raises ModelFailed for a response that has none."""
    generated = chat_completions.text(body, prompt)
    if not generated.startswith(_REASONING):
        return generated
    _, ended, rest = generated.partition(_END_OF_REASONING)
    if not ended:
        raise ModelFailed("the model came no further than its reasoning; allow more tokens")
    return rest.strip()
