"""Converse's wire format: what is sent, and what each way in which a model stops means."""

from __future__ import annotations

import json

import pytest
from botocore.session import Session
from botocore.validate import ParamValidator
from hypothesis import given
from hypothesis import strategies as st

from handlers.common import limits
from handlers.common.errors import ContentFiltered, ModelFailed
from handlers.text.codecs import GenerationParameters, load_codec

CONVERSE = load_codec("converse")
SHAPE = Session().get_service_model("bedrock-runtime").operation_model("Converse").input_shape


def response(*texts: str, reason: str = "end_turn") -> bytes:
    content = [{"text": text} for text in texts]
    return json.dumps({"output": {"message": {"content": content}}, "stopReason": reason}).encode()


@given(
    st.text(min_size=1, max_size=50),
    st.integers(1, limits.MAX_NEW_TOKENS),
    st.floats(*limits.TEMPERATURE_RANGE),
    st.floats(*limits.TOP_P_RANGE),
)
def test_every_request_of_the_api_is_one_that_converse_takes(
    prompt: str, tokens: int, temperature: float, top_p: float
) -> None:
    request = CONVERSE.request(prompt, GenerationParameters(tokens, temperature, top_p))
    assert SHAPE is not None
    report = ParamValidator().validate({"modelId": "us.amazon.nova-lite-v1:0", **request}, SHAPE)
    assert not report.has_errors(), report.generate_report()
    assert 0 <= request["inferenceConfig"]["temperature"] <= 1
    assert 0 <= request["inferenceConfig"]["topP"] <= 1
    assert request["messages"] == [{"role": "user", "content": [{"text": prompt}]}]


@pytest.mark.parametrize("reason", ["end_turn", "max_tokens", "stop_sequence", "model_context_window_exceeded"])
def test_a_text_is_taken_however_it_ends(reason: str) -> None:
    assert CONVERSE.text(response(" A fox", " jumps. ", reason=reason), "prompt") == "A fox jumps."


@pytest.mark.parametrize("reason", ["content_filtered", "guardrail_intervened"])
def test_a_filtered_text_is_said_to_be_one(reason: str) -> None:
    with pytest.raises(ContentFiltered, match="content filter"):
        CONVERSE.text(response("A fo", reason=reason), "prompt")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (response(), "holds no text"),
        (response("  "), "holds no text"),
        (b'{"stopReason": "end_turn", "output": {"message": {"content": [{"toolUse": {}}]}}}', "holds no text"),
        (b'{"stopReason": "end_turn", "output": null}', "holds no text"),
        (b'{"stopReason": null, "output": null}', "could not be read"),
        (b"not JSON", "could not be read"),
        (b"[]", "could not be read"),
        (b"[" * 100_000, "could not be read"),
    ],
)
def test_a_response_without_a_text_is_a_failure_of_the_model(body: bytes, words: str) -> None:
    with pytest.raises(ModelFailed, match=words):
        CONVERSE.text(body, "prompt")
