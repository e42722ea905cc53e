"""What Lambda gives a handler: an environment (set before any handler is imported), events, a context, a job table."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

os.environ.update(
    STACK_NAME="stack",
    MODEL_HOST="endpoint",
    MODEL_STATUS="endpoint_status",
    ENDPOINT_NAME="endpoint",
    ABSENT_STATE="missing",
    MODEL_ID="model",
    PAYLOAD_CODEC="tgi",
    MAX_INPUT_TOKENS="1024",
    MAX_TOTAL_TOKENS="2048",
    ALLOWED_ORIGIN="https://example.com",
    FUNCTION_TIMEOUT_SECONDS="28",
    JOBS_TABLE="jobs",
    PROCESS_FUNCTION="process",
    JOB_RETENTION_DAYS="30",
    JOB_MAXIMUM_AGE="3600",
    IMAGE_BUCKET="images",
)


class Context:
    """A context with so many milliseconds left."""

    aws_request_id = "request-of-lambda"
    function_name = "function"

    def __init__(self, milliseconds: int = 28_000) -> None:
        self.milliseconds = milliseconds

    def get_remaining_time_in_millis(self) -> int:
        return self.milliseconds


@pytest.fixture
def context() -> Context:
    """A context with the whole time left."""
    return Context()


def event_of(method: str, resource: str, body: str | None = None, **more: Any) -> dict[str, Any]:
    """Return a proxy event of API Gateway."""
    return {
        "httpMethod": method,
        "resource": resource,
        "path": resource,
        "headers": {"Content-Type": "application/json"},
        "pathParameters": None,
        "body": body,
        "isBase64Encoded": False,
        "requestContext": {"requestId": "request-of-gateway"},
        **more,
    }


@pytest.fixture
def make_event() -> Any:
    """Make a proxy event: ``make_event(method, resource, body)``."""
    return event_of


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
    """The events of jobs that the processing function would get."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from handlers.jobs.dispatch import event

        self._client = event.lambda_client
        self.payloads: list[dict[str, Any]] = []
        self.refuses = False
        monkeypatch.setattr(self._client, "invoke", self.invoke)

    def invoke(self, *, FunctionName: str, InvocationType: str, Payload: bytes) -> dict[str, Any]:
        assert (FunctionName, InvocationType) == ("process", "Event")
        if self.refuses:
            error: Any = {"Error": {"Code": "TooManyRequestsException", "Message": "arn:aws:lambda"}}
            raise self._client.exceptions.TooManyRequestsException(error, "Invoke")
        self.payloads.append(json.loads(Payload))
        return {"StatusCode": 202}


@pytest.fixture
def events(monkeypatch: pytest.MonkeyPatch) -> Events:
    """The events of submitted jobs, kept instead of sent."""
    return Events(monkeypatch)
