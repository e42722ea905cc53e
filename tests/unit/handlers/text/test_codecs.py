"""What a model answers becomes text, or the model's failure; requests are those that the containers document."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genai_templates.model import codecs_of
from handlers.common.errors import ModelFailed
from handlers.text.codecs import GenerationParameters, load_codec

NAMES = codecs_of("text")
PARAMETERS = GenerationParameters(max_new_tokens=200, temperature=0.4, top_p=0.9)
_GENERATION = {"max_new_tokens": 200, "temperature": 0.4, "top_p": 0.9, "do_sample": True, "return_full_text": False}

TGI_RESPONSE = [{"generated_text": " Deep Learning is a subfield of machine learning."}]
"""The API reference of Text Generation Inference: a list on ``/invocations``."""
LMI_RESPONSE = {
    "generated_text": "Deep Learning is a really cool field",
    "details": {"finish_reason": "length", "generated_tokens": 8, "inputs": "What is Deep Learning?", "tokens": []},
}
"""docs.djl.ai, LMI inference API schema, version 0.31: example response."""
CHAT_RESPONSE = {
    "id": "chatcmpl-0",
    "object": "chat.completion",
    "created": 1711997860,
    "choices": [
        {
            "index": 0,
            "message": {"role": "assistant", "content": "Hello! I'm here to help you."},
            "logprobs": None,
            "finish_reason": "length",
        }
    ],
    "usage": {"prompt_tokens": 33, "completion_tokens": 30, "total_tokens": 63},
}
"""docs.djl.ai, chat completions API schema of LMI: example response."""
RESPONSES: dict[str, Any] = {
    "tgi": TGI_RESPONSE,
    "lmi": LMI_RESPONSE,
    "mistral": LMI_RESPONSE,
    "llama-3": LMI_RESPONSE,
    "chat-completions": CHAT_RESPONSE,
    "qwen-3": CHAT_RESPONSE,
}

REQUESTS: dict[str, Any] = {
    # docs.djl.ai, LMI inference API schema: inputs, parameters, and do_sample for versions before 0.32.
    "tgi": {"inputs": "What is Deep Learning?", "parameters": _GENERATION},
    "lmi": {"inputs": "What is Deep Learning?", "parameters": _GENERATION},
    # The instruction format in the model card of Mistral-7B-Instruct-v0.2, without <s>.
    "mistral": {"inputs": "[INST] What is Deep Learning? [/INST]", "parameters": _GENERATION},
    # Meta's prompt format of Llama 3.1, without <|begin_of_text|>.
    "llama-3": {
        "inputs": "<|start_header_id|>user<|end_header_id|>\n\nWhat is Deep Learning?<|eot_id|>"
        "<|start_header_id|>assistant<|end_header_id|>\n\n",
        "parameters": _GENERATION,
    },
    # docs.djl.ai, chat completions API schema of LMI.
    "chat-completions": {
        "messages": [{"role": "user", "content": "What is Deep Learning?"}],
        "max_tokens": 200,
        "temperature": 0.4,
        "top_p": 0.9,
    },
    # The model card of Qwen3-4B, which refers to vLLM's chat completions with chat_template_kwargs.
    "qwen-3": {
        "messages": [{"role": "user", "content": "What is Deep Learning?"}],
        "max_tokens": 200,
        "temperature": 0.4,
        "top_p": 0.9,
        "chat_template_kwargs": {"enable_thinking": False},
    },
}

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["choices", "message", "details", "x"]), inner),
)


def _text(name: str, document: object, prompt: str = "What is Deep Learning?") -> str:
    return load_codec(name).text(json.dumps(document).encode(), prompt)


@pytest.mark.parametrize("name", NAMES)
def test_a_request_is_the_documented_one(name: str) -> None:
    assert load_codec(name).request("What is Deep Learning?", PARAMETERS) == REQUESTS[name]


@pytest.mark.parametrize("name", NAMES)
def test_the_documented_response_is_read(name: str) -> None:
    assert _text(name, RESPONSES[name]) in {
        "Deep Learning is a subfield of machine learning.",
        "Deep Learning is a really cool field",
        "Hello! I'm here to help you.",
    }


@pytest.mark.parametrize("name", ["tgi", "lmi", "mistral", "llama-3"])
@pytest.mark.parametrize("document", [[{"generated_text": " Hello. "}], {"generated_text": "Hello."}])
def test_a_list_or_an_object_is_an_answer(name: str, document: object) -> None:
    assert _text(name, document) == "Hello."


@pytest.mark.parametrize("name", ["tgi", "lmi", "mistral", "llama-3"])
def test_an_echoed_prompt_is_taken_off(name: str) -> None:
    inputs = load_codec(name).request("Say it", PARAMETERS)["inputs"]
    assert _text(name, [{"generated_text": f"{inputs} Hello."}], "Say it") == "Hello."


@pytest.mark.parametrize("name", ["lmi", "mistral", "llama-3"])
def test_an_error_amid_the_generation_is_the_models_failure(name: str) -> None:
    # docs.djl.ai, LMI inference API schema: error responses.
    details = {"finish_reason": "error", "generated_tokens": None, "inputs": None, "tokens": None}
    with pytest.raises(ModelFailed, match="while it generated"):
        _text(name, {"generated_text": "", "details": details})


def test_reasoning_is_left_out() -> None:
    response = json.loads(json.dumps(CHAT_RESPONSE))
    response["choices"][0]["message"]["content"] = "<think>\nThe user greets.\n</think>\n\nHello!"
    assert _text("qwen-3", response) == "Hello!"


def test_nothing_but_reasoning_is_the_models_failure_with_what_to_do() -> None:
    response = json.loads(json.dumps(CHAT_RESPONSE))
    response["choices"][0]["message"]["content"] = "<think>\nThe user greets, so"
    with pytest.raises(ModelFailed, match="allow more tokens"):
        _text("qwen-3", response)


@pytest.mark.parametrize("content", [None, 3, ["Hello"]])
def test_a_message_without_text_is_the_models_failure(content: object) -> None:
    with pytest.raises(ModelFailed, match="holds no text"):
        _text("chat-completions", {"choices": [{"message": {"content": content}}]})


@pytest.mark.parametrize("name", NAMES)
@given(body=st.binary() | _JSON.map(lambda document: json.dumps(document).encode()))
def test_anything_else_is_the_models_failure(name: str, body: bytes) -> None:
    with pytest.raises(ModelFailed):
        load_codec(name).text(body, "prompt")


@pytest.mark.parametrize("name", NAMES)
def test_a_response_that_is_cut_anywhere_is_the_models_failure(name: str) -> None:
    whole = json.dumps(RESPONSES[name]).encode()
    for length in range(len(whole)):
        with pytest.raises(ModelFailed):
            load_codec(name).text(whole[:length], "prompt")


@pytest.mark.parametrize("name", NAMES)
def test_a_response_of_many_levels_is_the_models_failure(name: str) -> None:
    with pytest.raises(ModelFailed):
        load_codec(name).text(b"[" * 100_000, "prompt")


def test_a_function_loads_its_own_format_alone() -> None:
    code = (
        "import sys; from handlers.text.codecs import load_codec; load_codec('tgi');"
        "print(*sorted(name for name in sys.modules if name.startswith('handlers.text.codecs.')))"
    )
    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    assert loaded == [f"handlers.text.codecs.{name}" for name in ("codec", "response", "tgi")]
