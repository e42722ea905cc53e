"""What Lambda gives a handler: an environment (set before any handler is imported) and a context."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.stub import Stubber

os.environ.update(
    STACK_NAME="stack",
    ENDPOINT_NAME="endpoint",
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
def endpoint_stub() -> Iterator[Stubber]:
    """The sagemaker-runtime client of the handlers, stubbed; every answer has to be used."""
    from handlers.common import endpoint

    with Stubber(endpoint.client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()
