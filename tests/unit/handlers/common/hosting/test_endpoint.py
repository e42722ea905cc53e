"""What can go wrong at the endpoint becomes an error that a person understands, without ids of the account."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.exceptions import (
    BotoCoreError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    IncompleteReadError,
    ReadTimeoutError,
)
from botocore.stub import Stubber

from handlers.common.errors import ModelInputTooLong, RequestError, TooManyRequests
from handlers.common.hosting import endpoint_status
from handlers.common.hosting.endpoint import Endpoint

ARN = "arn:aws:sagemaker:us-east-1:123456789012:endpoint/endpoint"


@pytest.fixture
def endpoint() -> Endpoint:
    return Endpoint("endpoint", function_timeout=28)


@pytest.mark.parametrize(
    ("code", "original", "message", "status", "expected"),
    [
        ("ValidationError", None, f"Endpoint {ARN} not found", 503, "model_not_ready"),
        ("ServiceUnavailable", None, "later", 503, "model_not_ready"),
        ("ThrottlingException", None, "rate", 429, "too_many_requests"),
        ("ModelError", 422, "inputs must have less than 1024 tokens", 400, "invalid_request"),
        ("ModelError", 413, "too large", 400, "invalid_request"),
        ("ModelError", 400, f"bad {ARN}", 400, "invalid_request"),
        ("ModelError", 429, "overloaded", 429, "too_many_requests"),
        ("ModelError", 500, f"worker died, see {ARN}", 502, "model_failed"),
        ("ModelError", 500, "Your invocation timed out while waiting", 504, "model_timeout"),
        ("AccessDeniedException", None, f"not authorized on {ARN}", 502, "model_failed"),
    ],
)
def test_failures_of_the_endpoint_become_errors_of_the_api(
    endpoint: Endpoint, code: str, original: int | None, message: str, status: int, expected: str
) -> None:
    more = {} if original is None else {"OriginalStatusCode": original}
    stub = Stubber(endpoint.client)
    stub.add_client_error("invoke_endpoint", code, message, modeled_fields=more)
    with stub, pytest.raises(RequestError) as caught:
        endpoint.invoke({})
    assert (caught.value.status, caught.value.code) == (status, expected)
    assert "arn:" not in caught.value.message
    assert "123456789012" not in caught.value.message
    assert (caught.value.retry_after is not None) is (status in (429, 503))


@pytest.mark.parametrize(
    ("original", "message"),
    [
        (422, "Input validation error: `inputs` must have less than 1024 tokens"),
        (400, "This model's maximum context length is 8192 tokens. However, you requested 9000 tokens"),
        (424, "The decoder prompt (length 9000) is longer than the maximum model length of 8192."),
    ],
)
def test_each_container_has_its_own_words_for_a_prompt_that_is_too_long(
    endpoint: Endpoint, original: int, message: str
) -> None:
    stub = Stubber(endpoint.client)
    stub.add_client_error("invoke_endpoint", "ModelError", message, modeled_fields={"OriginalStatusCode": original})
    with stub, pytest.raises(ModelInputTooLong):
        endpoint.invoke({})


@pytest.mark.parametrize(
    ("described", "code"),
    [
        ("NotFound", "model_paused"),
        ("Deleting", "model_paused"),
        ("Creating", "model_not_ready"),  # SageMaker refuses the call in the same words
        ("InService", "model_not_ready"),  # since a moment ago
        ("AccessDenied", "model_not_ready"),
    ],
)
def test_an_endpoint_that_can_be_paused_is_looked_at_when_it_is_not_found(
    monkeypatch: pytest.MonkeyPatch, described: str, code: str
) -> None:
    sagemaker = boto3.client("sagemaker", region_name="us-east-1")
    monkeypatch.setattr(endpoint_status, "make_client", lambda *_, **__: sagemaker)
    paused = Endpoint("endpoint", function_timeout=28, can_be_paused=True)
    runtime, control = Stubber(paused.client), Stubber(sagemaker)
    runtime.add_client_error("invoke_endpoint", "ValidationError", f"Endpoint {ARN} not found")
    if described in ("NotFound", "AccessDenied"):
        refusal = "ValidationException" if described == "NotFound" else "AccessDeniedException"
        control.add_client_error("describe_endpoint", refusal, "Could not find endpoint")
    else:
        response = {"EndpointName": "endpoint", "EndpointArn": ARN, "CreationTime": 0, "LastModifiedTime": 0}
        control.add_response("describe_endpoint", {**response, "EndpointStatus": described})
    with runtime, control, pytest.raises(RequestError) as caught:
        paused.invoke({})
    assert (caught.value.status, caught.value.code) == (503, code)
    assert (caught.value.retry_after or 0) > 0


def test_other_failures_of_an_endpoint_that_can_be_paused_are_not_looked_into() -> None:
    paused = Endpoint("endpoint", function_timeout=28, can_be_paused=True)
    stub = Stubber(paused.client)
    stub.add_client_error("invoke_endpoint", "ThrottlingException", "rate")
    with stub, pytest.raises(TooManyRequests):
        paused.invoke({})


RUNTIME = "https://runtime.sagemaker"


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (ReadTimeoutError(endpoint_url=RUNTIME), 504),
        (ConnectTimeoutError(endpoint_url=RUNTIME), 504),
        (EndpointConnectionError(endpoint_url=RUNTIME), 503),
        (ConnectionClosedError(endpoint_url=RUNTIME), 502),
        (IncompleteReadError(actual_bytes=1, expected_bytes=2), 502),
    ],
)
def test_failures_of_the_network_become_errors_of_the_api(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch, error: BotoCoreError, status: int
) -> None:
    def fail(**_: object) -> None:
        raise error

    monkeypatch.setattr(endpoint.client, "invoke_endpoint", fail)
    with pytest.raises(RequestError) as caught:
        endpoint.invoke({})
    assert caught.value.status == status


@pytest.mark.parametrize(("function_timeout", "read_timeout"), [(3, 1), (28, 25), (90, 70)])
def test_the_client_gives_up_before_the_function_is_stopped(function_timeout: int, read_timeout: int) -> None:
    config: Any = Endpoint("endpoint", function_timeout=function_timeout).client.meta.config
    assert config.read_timeout == read_timeout
