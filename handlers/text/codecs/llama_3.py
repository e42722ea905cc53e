"""Llama 3.1 Instruct on a Large Model Inference container: one message of a user, in the marks of its chat template.

The mark of the beginning (``<|begin_of_text|>``) is left to the tokenizer, which adds it.
https://www.llama.com/docs/model-cards-and-prompt-formats/llama3_1/
"""

from __future__ import annotations

from typing import Any

from . import lmi
from .codec import GenerationParameters


def request(prompt: str, parameters: GenerationParameters) -> dict[str, Any]:
    """Return the body of the request."""
    return lmi.request(_conversation(prompt), parameters)


def text(body: bytes, prompt: str) -> str:
    """Return the generated text; raises ModelFailed for a response that has none."""
    return lmi.text(body, _conversation(prompt))


def _conversation(prompt: str) -> str:
    return (
        f"<|start_header_id|>user<|end_header_id|>\n\n{prompt}<|eot_id|>"
        "<|start_header_id|>assistant<|end_header_id|>\n\n"
    )
