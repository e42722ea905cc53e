"""Responses of AWS's Large Model Inference containers, in both of their formats, and with vLLM's refusals.

https://docs.djl.ai/docs/serving/serving/docs/lmi/user_guides/lmi_input_output_schema.html
https://docs.djl.ai/docs/serving/serving/docs/lmi/user_guides/chat_input_output_schema.html
"""

from __future__ import annotations

import json
import re
from typing import Any

from ..invoke_endpoint import ModelResponse
from .text import CHARACTERS_PER_TOKEN, write

_WINDOW_TOKENS = 8192
_DEFAULT_NEW_TOKENS = 30
_MARKS = re.compile(r"\[/?INST\]|<\|start_header_id\|>\w+<\|end_header_id\|>|<\|(begin_of_text|eot_id)\|>|<s>")
"""Marks of the chat templates of Mistral and Llama 3, which begin and end a turn."""


def has_marks(inputs: str) -> bool:
    """Tell whether a prompt is in the chat template of a model that these containers serve."""
    return _MARKS.search(inputs) is not None


def generate_from_inputs(request: dict[str, Any]) -> ModelResponse:
    """Respond to ``inputs`` and ``parameters``: an object with ``generated_text``."""
    inputs = _MARKS.sub("", str(request["inputs"])).strip()
    parameters = request.get("parameters") or {}
    wanted = int(parameters.get("max_new_tokens", _DEFAULT_NEW_TOKENS))
    return _refusal(inputs, wanted, parameters) or _json(200, {"generated_text": write(inputs, wanted)})


def complete_chat(request: dict[str, Any]) -> ModelResponse:
    """Respond to ``messages``: a choice with the message of an assistant, which says nothing of its reasoning."""
    prompt = str(request["messages"][-1]["content"])
    wanted = int(request.get("max_tokens") or _DEFAULT_NEW_TOKENS)
    if refusal := _refusal(prompt, wanted, request):
        return refusal
    message = {"role": "assistant", "content": write(prompt, wanted)}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
    prompt_tokens, tokens = (len(text) // CHARACTERS_PER_TOKEN for text in (prompt, message["content"]))
    usage = {"prompt_tokens": prompt_tokens, "completion_tokens": tokens, "total_tokens": prompt_tokens + tokens}
    return _json(
        200, {"id": "chatcmpl-0", "object": "chat.completion", "created": 0, "choices": [choice], "usage": usage}
    )


def _refusal(prompt: str, wanted: int, parameters: dict[str, Any]) -> ModelResponse | None:
    if parameters.get("temperature", 1.0) < 0:
        return _error("temperature must be non-negative, got a negative one.")
    if not 0 < parameters.get("top_p", 1.0) <= 1:
        return _error("top_p must be in (0, 1].")
    tokens = len(prompt) // CHARACTERS_PER_TOKEN
    if tokens + wanted > _WINDOW_TOKENS:
        return _error(
            f"This model's maximum context length is {_WINDOW_TOKENS} tokens. However, you requested "
            f"{tokens + wanted} tokens ({tokens} in the messages, {wanted} in the completion)."
        )
    return None


def _error(message: str) -> ModelResponse:
    return _json(424, {"error": message, "code": 424})


def _json(status: int, document: dict[str, Any]) -> ModelResponse:
    return ModelResponse(status, "application/json", json.dumps(document).encode())
