"""The image handlers with a job table and a bucket of their own, and a model and a clock that tests turn."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws
from PIL import Image


def jpeg(width: int, height: int, colour: tuple[int, int, int] = (200, 30, 60)) -> bytes:
    """Return a JPEG of one colour."""
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(buffer, "JPEG")
    return buffer.getvalue()


def jpeg_answer(*images: bytes) -> bytes:
    """Return the model's answer to ``application/json;jpeg``."""
    encoded = [base64.b64encode(image).decode() for image in images]
    return json.dumps({"generated_images": encoded, "prompt": "p"}).encode()


@pytest.fixture
def aws() -> Iterator[None]:
    """A job table and an image bucket that exist for one test."""
    with mock_aws():
        boto3.client("dynamodb").create_table(
            TableName="jobs",
            AttributeDefinitions=[{"AttributeName": "job_id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "job_id", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
        )
        boto3.client("s3").create_bucket(Bucket="images")
        yield


class Clock:
    """The job table's clock."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from handlers.jobs import table

        self.seconds = 1_800_000_000.0
        monkeypatch.setattr(table, "now", lambda: self.seconds)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A clock that stands still until a test turns it."""
    return Clock(monkeypatch)


class Events:
    """What was handed on to the processing function."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from handlers.image import start_process_function

        self.payloads: list[dict[str, Any]] = []
        self.refuses = False
        monkeypatch.setattr(start_process_function.lambda_client, "invoke", self.invoke)

    def invoke(self, *, FunctionName: str, InvocationType: str, Payload: bytes) -> dict[str, Any]:
        from handlers.image import start_process_function

        assert (FunctionName, InvocationType) == ("process", "Event")
        if self.refuses:
            client = start_process_function.lambda_client
            error: Any = {"Error": {"Code": "TooManyRequestsException", "Message": "arn:aws:lambda"}}
            raise client.exceptions.TooManyRequestsException(error, "Invoke")
        self.payloads.append(json.loads(Payload))
        return {"StatusCode": 202}


@pytest.fixture
def events(monkeypatch: pytest.MonkeyPatch) -> Events:
    """The asynchronous hand-over, kept instead of sent."""
    return Events(monkeypatch)


class Model:
    """The endpoint: answers with its ``body``, or raises its ``error``."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from handlers.common import endpoint

        self.body = jpeg_answer(jpeg(512, 512))
        self.error: Exception | None = None
        self.asked: list[dict[str, Any]] = []
        monkeypatch.setattr(endpoint.client, "invoke_endpoint", self.invoke)

    def invoke(self, *, Body: bytes, Accept: str, **_: object) -> dict[str, Any]:
        assert Accept == "application/json;jpeg"
        self.asked.append(json.loads(Body))
        if self.error is not None:
            raise self.error
        return {"Body": io.BytesIO(self.body), "ContentType": "application/json"}

    def fails(self, code: str, original: int = 500) -> None:
        """Let every request fail in this way."""
        from handlers.common import endpoint

        response: Any = {"Error": {"Code": code, "Message": "m"}, "OriginalStatusCode": original}
        self.error = endpoint.client.exceptions.ClientError(response, "InvokeEndpoint")


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Model:
    """An endpoint that makes one red square of 512 pixels."""
    return Model(monkeypatch)
