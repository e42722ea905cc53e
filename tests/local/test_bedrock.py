"""Amazon Bedrock's runtime in the emulator: models by region, checked requests, faults and permissions."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, HTTPClientError, IncompleteReadError
from PIL import Image

from genai_templates.errors import InvalidOption
from genai_templates.local import Emulator, ModelOptions
from genai_templates.local.chaos import Chaos, ModelFault

TEXT, IMAGE = "us.amazon.nova-lite-v1:0", "stability.stable-image-core-v1:1"


def runtime(emulator: Emulator, region: str, **keys: str) -> Any:
    known = keys or {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    config = Config(retries={"total_max_attempts": 1}, proxies={})
    return boto3.client("bedrock-runtime", region, endpoint_url=emulator.url, config=config, **known)  # type: ignore[call-overload]


@pytest.fixture
def virginia(emulator: Emulator) -> Any:
    return runtime(emulator, "us-east-1")


@pytest.fixture
def oregon(emulator: Emulator) -> Any:
    return runtime(emulator, "us-west-2")


@pytest.fixture
def chaos(emulator: Emulator) -> Iterator[Chaos]:
    with Chaos(emulator) as chaos:
        yield chaos


def converse(client: Any, model: str = TEXT, prompt: str = "Hello", **inference: object) -> Any:
    messages = [{"role": "user", "content": [{"text": prompt}]}]
    return client.converse(modelId=model, messages=messages, inferenceConfig=inference)


def make_image(client: Any, model: str = IMAGE, **request: object) -> Any:
    body = json.dumps({"prompt": "a fox", **request})
    return json.loads(client.invoke_model(modelId=model, body=body)["body"].read())


def refusal(call: Any, *arguments: Any, **named: Any) -> tuple[int, str, str]:
    with pytest.raises(ClientError) as refused:
        call(*arguments, **named)
    response: Any = refused.value.response
    return response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Code"], response["Error"]["Message"]


def test_a_language_model_responds_as_converse_does(virginia: Any) -> None:
    response = converse(virginia, prompt="Hello there", maxTokens=100)
    assert "Hello there" in response["output"]["message"]["content"][0]["text"]
    assert (response["stopReason"], response["output"]["message"]["role"]) == ("end_turn", "assistant")
    assert response["usage"]["totalTokens"] == response["usage"]["inputTokens"] + response["usage"]["outputTokens"]


def test_an_image_model_draws_in_the_requested_shape_and_format(oregon: Any) -> None:
    response = make_image(oregon, aspect_ratio="16:9", output_format="jpeg", seed=5)
    image = Image.open(io.BytesIO(base64.b64decode(response["images"][0])))
    assert (image.format, image.size) == ("JPEG", (1344, 768))
    assert (response["seeds"], response["finish_reasons"]) == ([5], [None])
    assert make_image(oregon, aspect_ratio="16:9", output_format="jpeg", seed=5) == response


@pytest.mark.parametrize(
    ("region", "model", "words"),
    [
        ("us-east-1", "amazon.nova-lite-v1:0", "on-demand throughput isn't supported"),
        ("us-east-1", "eu.amazon.nova-lite-v1:0", "model identifier is invalid"),
        ("eu-west-1", "us.amazon.nova-lite-v1:0", "model identifier is invalid"),
        ("af-south-1", "us.amazon.nova-lite-v1:0", "model identifier is invalid"),
        ("us-east-1", "us.amazon.nova-canvas-v1:0", "model identifier is invalid"),
    ],
)
def test_a_model_that_is_not_offered_in_this_way_is_refused(
    emulator: Emulator, region: str, model: str, words: str
) -> None:
    status, code, message = refusal(converse, runtime(emulator, region), model)
    assert (status, code) == (400, "ValidationException")
    assert words in message


def test_an_image_model_is_in_its_region_alone(virginia: Any) -> None:
    assert refusal(make_image, virginia)[:2] == (400, "ValidationException")


def test_a_request_out_of_range_is_refused(virginia: Any) -> None:
    for inference in ({"temperature": 1.5}, {"topP": 2.0}):
        status, code, message = refusal(converse, virginia, **inference)
        assert (status, code) == (400, "ValidationException")
        assert next(iter(inference)) in message


@pytest.mark.parametrize(
    "request_",
    [
        {"width": 512},
        {"aspect_ratio": "4:3"},
        {"seed": -1},
        {"seed": 2**32},
        {"output_format": "webp"},
        {"prompt": None},
        {"prompt": "x" * 10_001},
    ],
)
def test_a_field_that_the_image_model_does_not_take_is_refused(oregon: Any, request_: dict[str, object]) -> None:
    status, code, message = refusal(make_image, oregon, **request_)
    assert (status, code) == (400, "ValidationException")
    assert message.startswith("Malformed input request: ")


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        (ModelFault.THROTTLED, 429, "ThrottlingException"),
        (ModelFault.NOT_READY, 429, "ModelNotReadyException"),
        (ModelFault.CLIENT_ERROR, 400, "ValidationException"),
        (ModelFault.SERVER_ERROR, 500, "InternalServerException"),
        (ModelFault.TIMED_OUT, 408, "ModelTimeoutException"),
    ],
)
def test_a_refused_call_has_the_services_own_error(
    virginia: Any, chaos: Chaos, fault: ModelFault, status: int, code: str
) -> None:
    chaos.model_fault(TEXT, fault, 1)
    assert refusal(converse, virginia)[:2] == (status, code)
    assert converse(virginia)["stopReason"] == "end_turn"


def test_responses_are_damaged_as_those_of_endpoints_are(virginia: Any, oregon: Any, chaos: Chaos) -> None:
    chaos.model_fault(TEXT, ModelFault.CONNECTION_LOST, 1)
    with pytest.raises(HTTPClientError):
        converse(virginia)
    chaos.model_fault(TEXT, ModelFault.TRUNCATED, 1)
    assert converse(virginia)["output"]["message"]["content"] == []
    chaos.model_fault(TEXT, ModelFault.NOT_AN_IMAGE, 1)
    assert "text" not in converse(virginia)["output"]["message"]["content"][0]
    chaos.model_fault(TEXT, ModelFault.OTHER_SIZE, 1)
    assert converse(virginia)["output"]["message"]["content"][0]["text"]
    chaos.model_fault(IMAGE, ModelFault.CONNECTION_LOST, 1)
    with pytest.raises((HTTPClientError, IncompleteReadError)):
        make_image(oregon)
    chaos.model_fault(IMAGE, ModelFault.MALFORMED_JSON, 1)
    with pytest.raises(ValueError, match=r"Unterminated string|delimiter"):
        make_image(oregon)
    chaos.model_fault(IMAGE, ModelFault.TRUNCATED, 1)
    with pytest.raises(OSError, match=r"truncated|broken"):
        Image.open(io.BytesIO(base64.b64decode(make_image(oregon)["images"][0]))).load()
    chaos.model_fault(IMAGE, ModelFault.NOT_AN_IMAGE, 1)
    assert base64.b64decode(make_image(oregon)["images"][0]) == b"This is not an image."


def test_a_fault_of_a_model_that_there_is_not_is_refused(chaos: Chaos) -> None:
    with pytest.raises(InvalidOption, match=TEXT):
        chaos.model_fault("us.amazon.nova-unheard-of-v1:0", ModelFault.THROTTLED)


def test_latency_and_failures_are_those_of_all_models(emulator: Emulator, virginia: Any) -> None:
    emulator.use_model(ModelOptions(failure_rate=1.0))
    try:
        assert refusal(converse, virginia)[:2] == (500, "InternalServerException")
    finally:
        emulator.use_model(ModelOptions())


def user(emulator: Emulator, name: str, *statements: dict[str, object]) -> Any:
    """Return a client of us-east-1 whose user has these statements."""
    iam = emulator.client("iam")
    iam.create_user(UserName=name)
    document = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=document)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return runtime(
        emulator,
        "us-east-1",
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
    )


PROFILE = f"arn:aws:bedrock:us-east-1:000000000000:inference-profile/{TEXT}"


def allow(*resources: str, profile: str = "") -> dict[str, object]:
    condition = {"Condition": {"StringEquals": {"bedrock:InferenceProfileArn": profile}}} if profile else {}
    return {"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": list(resources), **condition}


def models(*regions: str) -> list[str]:
    return [f"arn:aws:bedrock:{region}::foundation-model/amazon.nova-lite-v1:0" for region in regions]


EVERYWHERE = models("us-east-1", "us-east-2", "us-west-2")


@pytest.mark.parametrize(
    ("name", "statements", "allowed"),
    [
        ("exact", [allow(PROFILE), allow(*EVERYWHERE, profile=PROFILE)], True),
        ("no-profile", [allow(*EVERYWHERE)], False),
        ("no-models", [allow(PROFILE)], False),
        ("one-region-short", [allow(PROFILE), allow(*EVERYWHERE[:2], profile=PROFILE)], False),
        ("another-profile", [allow(PROFILE), allow(*EVERYWHERE, profile=PROFILE.replace("lite", "pro"))], False),
    ],
)
def test_a_profile_is_judged_on_itself_and_on_every_region_that_it_leads_to(
    emulator: Emulator, name: str, statements: list[dict[str, object]], allowed: bool
) -> None:
    client = user(emulator, name, *statements)
    if allowed:
        assert converse(client)["stopReason"] == "end_turn"
    else:
        assert refusal(converse, client)[:2] == (403, "AccessDeniedException")
