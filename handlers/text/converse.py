"""The wire format of Amazon Bedrock's Converse, which is the same for all of its language models."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from handlers.common.errors import ContentFiltered, ModelFailed

if TYPE_CHECKING:
    from .codecs import GenerationParameters

# Converse takes both from 0 to 1 (botocore's model, InferenceConfiguration); the API lets a temperature be higher.
_HIGHEST = 1.0
_REFUSED = ("content_filtered", "guardrail_intervened")


class Converse:
    """One message of the user and one of the assistant; a temperature above 1 counts as 1."""

    def request(self, prompt: str, parameters: GenerationParameters) -> dict[str, Any]:
        """Return the fields of the request."""
        return {
            "messages": [{"role": "user", "content": [{"text": prompt}]}],
            "inferenceConfig": {
                "maxTokens": parameters.max_new_tokens,
                "temperature": min(parameters.temperature, _HIGHEST),
                "topP": min(parameters.top_p, _HIGHEST),
            },
        }

    def text(self, body: bytes, prompt: str) -> str:
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
        text = _text_of(document)
        if not text:
            raise ModelFailed("the model's response holds no text; try again")
        return text


def _text_of(document: Any) -> str:
    """Return the texts of the message, or nothing where there is none."""
    try:
        blocks = document["output"]["message"]["content"]
        return "".join(str(block["text"]) for block in blocks if "text" in block).strip()
    except (LookupError, TypeError):
        return ""
