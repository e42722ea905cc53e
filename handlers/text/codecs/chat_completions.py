"""OpenAI's chat completions, as vLLM and the Large Model Inference containers serve them on ``/invocations``.

The container applies the model's own chat template, so that no marks of it are needed here.
https://docs.djl.ai/docs/serving/serving/docs/lmi/user_guides/chat_input_output_schema.html
"""

from __future__ import annotations

from typing import Any

from .codec import GenerationParameters
from .response import checked_text, field, first, read_json


def request(prompt: str, parameters: GenerationParameters) -> dict[str, Any]:
    """Return the body of the request."""
    return {
        "messages": [{"role": "user", "content": prompt}],
        "max_tokens": parameters.max_new_tokens,
        "temperature": parameters.temperature,
        "top_p": parameters.top_p,
    }


def text(body: bytes, prompt: str) -> str:
    """Return the generated text; raises ModelFailed for a response that has none."""
    message = field(first(field(read_json(body), "choices")), "message")
    return checked_text(field(message, "content")).strip()
