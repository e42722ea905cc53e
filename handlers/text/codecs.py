"""The wire formats of language models, by the name that the catalogue gives them."""

from __future__ import annotations

import json
from typing import Any, NamedTuple, Protocol

from handlers.common.errors import ModelFailed

from .converse import Converse


class GenerationParameters(NamedTuple):
    """The number of tokens to generate at most, and how freely."""

    max_new_tokens: int
    temperature: float
    top_p: float


class Codec(Protocol):
    """Turns a prompt into a request of the model, and its response into text."""

    def request(self, prompt: str, parameters: GenerationParameters) -> dict[str, Any]:
        """Return the body of the request."""

    def text(self, body: bytes, prompt: str) -> str:
        """Return the generated text; raises ModelFailed for a response that has none."""


class TextGenerationInference:
    """Hugging Face's Text Generation Inference: ``inputs`` and ``parameters``, ``generated_text``."""

    def request(self, prompt: str, parameters: GenerationParameters) -> dict[str, Any]:
        """Return the body of the request."""
        own = {"do_sample": True, "return_full_text": False}
        return {"inputs": prompt, "parameters": {**parameters._asdict(), **own}}

    def text(self, body: bytes, prompt: str) -> str:
        """Return the generated text; raises ModelFailed for a response that has none."""
        try:
            document = json.loads(body)
        except (ValueError, RecursionError):
            raise ModelFailed("the model's response could not be read; try again") from None
        first = document[0] if isinstance(document, list) and document else document
        text = first.get("generated_text") if isinstance(first, dict) else None
        if not isinstance(text, str):
            raise ModelFailed("the model's response holds no text; try again")
        # Some containers ignore return_full_text and repeat the prompt first.
        return text.removeprefix(prompt).strip()


CODECS: dict[str, Codec] = {"tgi": TextGenerationInference(), "converse": Converse()}
