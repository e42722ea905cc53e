"""Every fault of a model endpoint looks on the wire as from the real service."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError, HTTPClientError, IncompleteReadError
from PIL import Image

from genai_templates.local import Emulator
from genai_templates.local.chaos import Chaos, ModelFault
from genai_templates.local.notebook import deploy_endpoint
from tests.local.endpoints import invoke

ENDPOINT = "faulty-endpoint"
PIXELS, JPEG = "application/json", "application/json;jpeg"
TEXT = {"inputs": "A fox jumps over a dog."}
PICTURE = {"prompt": "a fox", "width": 64, "height": 32}


@pytest.fixture(scope="module")
def endpoint(emulator: Emulator) -> str:
    deploy_endpoint(emulator.client("sagemaker"), ENDPOINT)
    return ENDPOINT


@pytest.fixture
def chaos(emulator: Emulator, endpoint: str) -> Iterator[Chaos]:
    """Faults of the endpoint that end with the test."""
    with Chaos(emulator) as chaos:
        yield chaos


def invoke_model(emulator: Emulator, request: dict[str, Any], accept: str = PIXELS) -> Any:
    return json.loads(invoke(emulator, ENDPOINT, request, accept))


def refusal(emulator: Emulator) -> Any:
    with pytest.raises(ClientError) as refused:
        invoke_model(emulator, TEXT)
    return refused.value.response


def images(emulator: Emulator, accept: str) -> Any:
    return invoke_model(emulator, PICTURE, accept)["generated_images"]


@pytest.mark.parametrize(
    ("fault", "status", "code", "message"),
    [
        (ModelFault.THROTTLED, 400, "ThrottlingException", "Rate exceeded"),
        (ModelFault.NOT_READY, 400, "ValidationError", f"Endpoint {ENDPOINT} of account 000000000000 not found."),
    ],
)
def test_a_call_is_refused_by_sagemaker(
    emulator: Emulator, chaos: Chaos, fault: ModelFault, status: int, code: str, message: str
) -> None:
    chaos.model_fault(ENDPOINT, fault, 1)
    response = refusal(emulator)
    assert response["Error"] == {"Code": code, "Message": message}
    assert response["ResponseMetadata"]["HTTPStatusCode"] == status


@pytest.mark.parametrize(
    ("fault", "status", "side", "message"),
    [
        (ModelFault.CLIENT_ERROR, 400, "client", "prediction_failure"),
        (ModelFault.SERVER_ERROR, 500, "server", "CUDA out of memory"),
        (ModelFault.TIMED_OUT, 0, "server", "Your invocation timed out while waiting for a response from container"),
    ],
)
def test_a_container_that_fails_is_a_model_error(
    emulator: Emulator, chaos: Chaos, fault: ModelFault, status: int, side: str, message: str
) -> None:
    chaos.model_fault(ENDPOINT, fault, 1)
    response = refusal(emulator)
    assert response["Error"]["Code"] == "ModelError"
    assert response["Error"]["Message"].startswith(f"Received {side} error ({status}) from primary with message")
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 424
    assert response["OriginalStatusCode"] == status
    assert message in response["OriginalMessage"]
    assert response["LogStreamArn"].endswith(f":log-group:/aws/sagemaker/Endpoints/{ENDPOINT}")


def test_a_fault_passes_after_its_times(emulator: Emulator, chaos: Chaos) -> None:
    chaos.model_fault(ENDPOINT, ModelFault.SERVER_ERROR, 2)
    assert [refusal(emulator)["Error"]["Code"] for _ in range(2)] == ["ModelError"] * 2
    assert invoke_model(emulator, TEXT)


def test_a_fault_is_undone_by_zero_times(emulator: Emulator, chaos: Chaos) -> None:
    chaos.model_fault(ENDPOINT, ModelFault.SERVER_ERROR, 100)
    chaos.model_fault(ENDPOINT, ModelFault.SERVER_ERROR, 0)
    assert invoke_model(emulator, TEXT)


def test_the_faults_of_an_endpoint_are_its_own(emulator: Emulator, chaos: Chaos) -> None:
    deploy_endpoint(emulator.client("sagemaker"), "healthy-endpoint")
    chaos.model_fault(ENDPOINT, ModelFault.THROTTLED, 1)
    assert invoke(emulator, "healthy-endpoint", TEXT)


def test_a_lost_connection_breaks_off_the_answer(emulator: Emulator, chaos: Chaos) -> None:
    chaos.model_fault(ENDPOINT, ModelFault.CONNECTION_LOST, 1)
    with pytest.raises((IncompleteReadError, HTTPClientError)):
        invoke_model(emulator, PICTURE)


@pytest.mark.parametrize("request_", [TEXT, PICTURE])
def test_malformed_json_is_no_document(emulator: Emulator, chaos: Chaos, request_: dict[str, Any]) -> None:
    chaos.model_fault(ENDPOINT, ModelFault.MALFORMED_JSON, 1)
    with pytest.raises(json.JSONDecodeError):
        invoke_model(emulator, request_)


def test_truncated_pixels_end_within_a_row(emulator: Emulator, chaos: Chaos) -> None:
    chaos.model_fault(ENDPOINT, ModelFault.TRUNCATED, 1)
    (rows,) = images(emulator, PIXELS)
    assert [len(row) for row in rows] == [64] * 15 + [32]


def test_a_truncated_jpeg_lacks_its_end(emulator: Emulator, chaos: Chaos) -> None:
    chaos.model_fault(ENDPOINT, ModelFault.TRUNCATED, 1)
    (encoded,) = images(emulator, JPEG)
    image = Image.open(io.BytesIO(base64.b64decode(encoded, validate=True)))
    assert image.size == (64, 32)
    with pytest.raises(OSError, match="truncated"):
        image.load()


@pytest.mark.parametrize("fault", [ModelFault.TRUNCATED, ModelFault.NOT_AN_IMAGE])
def test_a_damaged_text_is_no_text(emulator: Emulator, chaos: Chaos, fault: ModelFault) -> None:
    chaos.model_fault(ENDPOINT, fault, 1)
    assert not any(each["generated_text"] for each in invoke_model(emulator, TEXT))


def test_pixels_of_another_size_are_whole(emulator: Emulator, chaos: Chaos) -> None:
    chaos.model_fault(ENDPOINT, ModelFault.OTHER_SIZE, 1)
    (rows,) = images(emulator, PIXELS)
    assert [len(row) for row in rows] == [32] * 32


def test_a_text_has_no_other_size(emulator: Emulator, chaos: Chaos) -> None:
    chaos.model_fault(ENDPOINT, ModelFault.OTHER_SIZE, 1)
    assert invoke_model(emulator, TEXT)[0]["generated_text"]


def test_what_is_not_an_image_cannot_be_opened(emulator: Emulator, chaos: Chaos) -> None:
    chaos.model_fault(ENDPOINT, ModelFault.NOT_AN_IMAGE, 2)
    (encoded,) = images(emulator, JPEG)
    with pytest.raises(OSError, match="cannot identify"):
        Image.open(io.BytesIO(base64.b64decode(encoded, validate=True)))
    assert images(emulator, PIXELS) == ["This is not an image."]


def test_sagemaker_names_the_variant_that_answered(emulator: Emulator, endpoint: str) -> None:
    response = emulator.client("sagemaker-runtime").invoke_endpoint(EndpointName=endpoint, Body=json.dumps(TEXT))
    assert response["InvokedProductionVariant"] == "AllTraffic"
