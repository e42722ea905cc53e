"""What can go wrong on Amazon Bedrock becomes an error that a person understands, without ids of the account."""

from __future__ import annotations

import io
import json
import logging
from typing import Any

import pytest
from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError, IncompleteReadError, ReadTimeoutError
from botocore.response import StreamingBody
from botocore.stub import Stubber

from handlers.common.errors import RequestError
from handlers.common.hosting import connect_host, connect_status
from handlers.common.hosting.bedrock import connect_runtime
from handlers.common.hosting.bedrock_image import BedrockImages
from handlers.common.hosting.converse import Converse

ARN = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0 in 123456789012"
MODEL = "us.amazon.nova-lite-v1:0"
BODY = {"messages": [{"role": "user", "content": [{"text": "Hello"}]}], "inferenceConfig": {"maxTokens": 9}}
RESPONSE = {
    "output": {"message": {"role": "assistant", "content": [{"text": "Hello"}]}},
    "stopReason": "end_turn",
    "usage": {"inputTokens": 1, "outputTokens": 1, "totalTokens": 2},
    "metrics": {"latencyMs": 1},
}


@pytest.fixture
def host() -> Converse:
    return Converse(connect_runtime("us-east-1", function_timeout=28), MODEL)


@pytest.fixture
def images() -> BedrockImages:
    return BedrockImages(connect_runtime("us-west-2", function_timeout=90), "stability.sd3-5-large-v1:0")


@pytest.mark.parametrize(
    ("code", "message", "status", "expected"),
    [
        ("ThrottlingException", "Too many requests", 429, "too_many_requests"),
        ("ServiceQuotaExceededException", f"over the quota of {ARN}", 429, "too_many_requests"),
        ("ModelTimeoutException", "Model has timed out", 504, "model_timeout"),
        ("ModelNotReadyException", "not ready", 503, "model_not_ready"),
        ("ServiceUnavailableException", "Too many connections", 503, "model_not_ready"),
        ("AccessDeniedException", f"You don't have access to {ARN}", 502, "model_access_denied"),
        ("ResourceNotFoundException", f"{ARN} has reached the end of its life", 502, "model_failed"),
        ("ValidationException", "Input is too long for requested model.", 400, "invalid_request"),
        ("ValidationException", "prompt is too long: 200049 tokens > 200000 maximum", 400, "invalid_request"),
        ("ValidationException", f"Malformed input request: {ARN}", 400, "invalid_request"),
        ("ValidationException", "This request has been blocked by our content filters.", 400, "content_filtered"),
        ("ValidationException", "One or more prompts contains filtered words.", 400, "content_filtered"),
        ("ValidationException", "The provided model identifier is invalid.", 502, "model_failed"),
        ("ModelErrorException", f"{ARN} failed", 502, "model_failed"),
        ("InternalServerException", "unexpected", 502, "model_failed"),
    ],
)
def test_refusals_become_errors_of_the_api(host: Converse, code: str, message: str, status: int, expected: str) -> None:
    stub = Stubber(host.client)
    stub.add_client_error("converse", code, message)
    with stub, pytest.raises(RequestError) as caught:
        host.invoke(BODY)
    assert (caught.value.status, caught.value.code) == (status, expected)
    assert "arn:" not in caught.value.message
    assert "123456789012" not in caught.value.message
    assert (caught.value.retry_after is not None) is (status in (429, 503))


def test_the_words_for_the_operator_are_in_the_log(host: Converse, caplog: pytest.LogCaptureFixture) -> None:
    stub = Stubber(host.client)
    stub.add_client_error("converse", "AccessDeniedException", f"no access to {ARN}")
    with stub, caplog.at_level(logging.INFO), pytest.raises(RequestError, match="access to the model was not granted"):
        host.invoke(BODY)
    record: Any = caplog.records[-1]
    assert (record.levelname, record.reason) == ("ERROR", f"no access to {ARN}")


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (ReadTimeoutError(endpoint_url="https://bedrock"), "model_timeout"),
        (ConnectTimeoutError(endpoint_url="https://bedrock"), "model_timeout"),
        (EndpointConnectionError(endpoint_url="https://bedrock"), "model_not_ready"),
        (IncompleteReadError(actual_bytes=1, expected_bytes=2), "model_failed"),
    ],
)
def test_a_lost_connection_is_an_error_of_the_api(
    host: Converse, monkeypatch: pytest.MonkeyPatch, error: Exception, expected: str
) -> None:
    def fail(**request: object) -> None:
        raise error

    monkeypatch.setattr(host.client, "converse", fail)
    with pytest.raises(RequestError) as caught:
        host.invoke(BODY)
    assert caught.value.code == expected


def test_the_request_reaches_converse_and_its_message_comes_back(host: Converse) -> None:
    stub = Stubber(host.client)
    stub.add_response("converse", RESPONSE, {"modelId": MODEL, **BODY})
    with stub:
        document = json.loads(host.invoke(BODY))
    assert document == {"output": RESPONSE["output"], "stopReason": "end_turn"}


def test_each_image_is_a_call_and_the_responses_keep_their_order(
    images: BedrockImages, monkeypatch: pytest.MonkeyPatch
) -> None:
    def invoke_model(*, modelId: str, body: bytes, contentType: str, accept: str) -> dict[str, object]:
        assert (modelId, contentType, accept) == ("stability.sd3-5-large-v1:0", "application/json", "application/json")
        return {"body": StreamingBody(io.BytesIO(body), len(body))}

    monkeypatch.setattr(images.client, "invoke_model", invoke_model)
    requests = [{"prompt": "a fox", "seed": seed} for seed in (3, 1, 2)]
    assert json.loads(images.invoke({"requests": requests})) == requests


def test_one_image_that_fails_fails_the_call(images: BedrockImages) -> None:
    stub = Stubber(images.client)
    stub.add_client_error("invoke_model", "ThrottlingException", "Too many requests")
    with stub, pytest.raises(RequestError) as caught:
        images.invoke({"requests": [{"prompt": "a fox"}]})
    assert caught.value.code == "too_many_requests"


def test_the_client_calls_the_region_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BEDROCK_MODEL_ID", MODEL)
    monkeypatch.setenv("BEDROCK_REGION", "us-west-2")
    host: Any = connect_host("converse", function_timeout=28)
    assert host.client.meta.region_name == "us-west-2"
    assert host.client.meta.config.read_timeout == 25


def test_a_model_on_demand_is_always_ready() -> None:
    assert connect_status("bedrock_status").read() == {
        "ready": True,
        "state": "ready",
        "endpoint_status": "Available",
    }
