"""Amazon Bedrock's Converse, which is the same for all of its language models: one message each way.

A temperature above 1 counts as 1, which is the highest that Converse takes.
https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InferenceConfiguration.html
"""

from __future__ import annotations

import json
from typing import Any

from handlers.common.errors import ContentFiltered, ModelFailed

from .codec import GenerationParameters

_HIGHEST = 1.0
_REFUSED = ("content_filtered", "guardrail_intervened")


def request(prompt: str, parameters: GenerationParameters) -> dict[str, Any]:
    """Return the fields of the request."""
    return {
        "messages": [{"role": "user", "content": [{"text": prompt}]}],
        "inferenceConfig": {
            "maxTokens": parameters.max_new_tokens,
            "temperature": min(parameters.temperature, _HIGHEST),
            "topP": min(parameters.top_p, _HIGHEST),
        },
    }


def text(body: bytes, prompt: str) -> str:
    """Return the generated text, which may end where the tokens did.

    Raises ContentFiltered where a filter has stopped the model, and ModelFailed for a response without text.
    """
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        document = None
    reason = document.get("stopReason") if isinstance(document, dict) else None
    if not reason:
        raise ModelFailed("the model's response could not be read; try again")
    if reason in _REFUSED:
        raise ContentFiltered
    generated = _text_of(document)
    if not generated:
        raise ModelFailed("the model's response holds no text; try again")
    return generated


def _text_of(document: Any) -> str:
    """Return the texts of the message, or nothing where there is none."""
    try:
        blocks = document["output"]["message"]["content"]
        return "".join(str(block["text"]) for block in blocks if "text" in block).strip()
    except (LookupError, TypeError):
        return ""
