"""Every fault of a model endpoint looks on the wire as from the real service."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError, HTTPClientError, IncompleteReadError
from PIL import Image

from genai_templates.local.protocol import ModelFault
from tests.lifecycle.deployment import Aws
from tests.local.endpoints import invoke, runtime_client

ENDPOINT = "faulty-endpoint"
PIXELS, JPEG = "application/json", "application/json;jpeg"
TEXT = {"inputs": "A fox jumps over a dog."}
PICTURE = {"prompt": "a fox", "width": 64, "height": 32}

Play = Callable[[ModelFault, int], None]


@pytest.fixture(scope="module")
def endpoint(aws: Aws) -> str:
    aws.deploy_endpoint(ENDPOINT)
    return ENDPOINT


@pytest.fixture
def play(aws: Aws, endpoint: str) -> Iterator[Play]:
    yield lambda fault, times: aws.emulator.play_fault(endpoint, fault, times)
    aws.emulator.play_fault(endpoint, ModelFault.THROTTLED, 0)


def ask(aws: Aws, request: dict[str, Any], accept: str = PIXELS) -> Any:
    return json.loads(invoke(aws, ENDPOINT, request, accept))


def refusal(aws: Aws) -> Any:
    with pytest.raises(ClientError) as refused:
        ask(aws, TEXT)
    return refused.value.response


def images(aws: Aws, accept: str) -> Any:
    return ask(aws, PICTURE, accept)["generated_images"]


@pytest.mark.parametrize(
    ("fault", "status", "code", "message"),
    [
        (ModelFault.THROTTLED, 400, "ThrottlingException", "Rate exceeded"),
        (ModelFault.NOT_READY, 400, "ValidationError", f"Endpoint {ENDPOINT} of account 000000000000 not found."),
    ],
)
def test_a_call_is_refused_by_sagemaker(
    aws: Aws, play: Play, fault: ModelFault, status: int, code: str, message: str
) -> None:
    play(fault, 1)
    response = refusal(aws)
    assert response["Error"] == {"Code": code, "Message": message}
    assert response["ResponseMetadata"]["HTTPStatusCode"] == status


@pytest.mark.parametrize(
    ("fault", "status", "side", "said"),
    [
        (ModelFault.CLIENT_ERROR, 400, "client", "prediction_failure"),
        (ModelFault.SERVER_ERROR, 500, "server", "CUDA out of memory"),
        (ModelFault.TIMED_OUT, 0, "server", "Your invocation timed out while waiting for a response from container"),
    ],
)
def test_a_container_that_fails_is_a_model_error(
    aws: Aws, play: Play, fault: ModelFault, status: int, side: str, said: str
) -> None:
    play(fault, 1)
    response = refusal(aws)
    assert response["Error"]["Code"] == "ModelError"
    assert response["Error"]["Message"].startswith(f"Received {side} error ({status}) from primary with message")
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 424
    assert response["OriginalStatusCode"] == status
    assert said in response["OriginalMessage"]
    assert response["LogStreamArn"].endswith(f":log-group:/aws/sagemaker/Endpoints/{ENDPOINT}")


def test_a_fault_passes_after_its_times(aws: Aws, play: Play) -> None:
    play(ModelFault.SERVER_ERROR, 2)
    assert [refusal(aws)["Error"]["Code"] for _ in range(2)] == ["ModelError"] * 2
    assert ask(aws, TEXT)


def test_a_fault_is_undone_by_zero_times(aws: Aws, play: Play) -> None:
    play(ModelFault.SERVER_ERROR, 100)
    play(ModelFault.SERVER_ERROR, 0)
    assert ask(aws, TEXT)


def test_the_faults_of_an_endpoint_are_its_own(aws: Aws, play: Play) -> None:
    aws.deploy_endpoint("healthy-endpoint")
    play(ModelFault.THROTTLED, 1)
    assert invoke(aws, "healthy-endpoint", TEXT)


def test_a_lost_connection_breaks_off_the_answer(aws: Aws, play: Play) -> None:
    play(ModelFault.CONNECTION_LOST, 1)
    with pytest.raises((IncompleteReadError, HTTPClientError)):
        ask(aws, PICTURE)


@pytest.mark.parametrize("request_", [TEXT, PICTURE])
def test_malformed_json_is_no_document(aws: Aws, play: Play, request_: dict[str, Any]) -> None:
    play(ModelFault.MALFORMED_JSON, 1)
    with pytest.raises(json.JSONDecodeError):
        ask(aws, request_)


def test_truncated_pixels_end_within_a_row(aws: Aws, play: Play) -> None:
    play(ModelFault.TRUNCATED, 1)
    (rows,) = images(aws, PIXELS)
    assert [len(row) for row in rows] == [64] * 15 + [32]


def test_a_truncated_jpeg_lacks_its_end(aws: Aws, play: Play) -> None:
    play(ModelFault.TRUNCATED, 1)
    (encoded,) = images(aws, JPEG)
    image = Image.open(io.BytesIO(base64.b64decode(encoded, validate=True)))
    assert image.size == (64, 32)
    with pytest.raises(OSError, match="truncated"):
        image.load()


@pytest.mark.parametrize("fault", [ModelFault.TRUNCATED, ModelFault.NOT_AN_IMAGE])
def test_a_damaged_text_is_no_text(aws: Aws, play: Play, fault: ModelFault) -> None:
    play(fault, 1)
    assert not any(each["generated_text"] for each in ask(aws, TEXT))


def test_pixels_of_another_size_are_whole(aws: Aws, play: Play) -> None:
    play(ModelFault.OTHER_SIZE, 1)
    (rows,) = images(aws, PIXELS)
    assert [len(row) for row in rows] == [32] * 32


def test_a_text_has_no_other_size(aws: Aws, play: Play) -> None:
    play(ModelFault.OTHER_SIZE, 1)
    assert ask(aws, TEXT)[0]["generated_text"]


def test_what_is_not_an_image_cannot_be_opened(aws: Aws, play: Play) -> None:
    play(ModelFault.NOT_AN_IMAGE, 2)
    (encoded,) = images(aws, JPEG)
    with pytest.raises(OSError, match="cannot identify"):
        Image.open(io.BytesIO(base64.b64decode(encoded, validate=True)))
    assert images(aws, PIXELS) == ["This is not an image."]


def test_sagemaker_names_the_variant_that_answered(aws: Aws, endpoint: str) -> None:
    answer = runtime_client(aws).invoke_endpoint(EndpointName=endpoint, Body=json.dumps(TEXT))
    assert answer["InvokedProductionVariant"] == "AllTraffic"
