"""CloudFormation's end of a custom resource: a server that takes the answers."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.sagemaker.models import FakeEndpointConfig
from moto.sagemaker.responses import SageMakerResponse

from tests.unit.handlers.custom_resources.deployed import CONFIGURATION, NAME, ROLE, TAGS, Updates


class Responses:
    """The answers that came, and how many of the next ones are refused."""

    def __init__(self) -> None:
        self.received: list[dict[str, Any]] = []
        self.content_types: list[str | None] = []
        self.refuse = 0
        self.url = ""

    def event(self, request_type: str, **properties: str) -> dict[str, Any]:
        """Return an event that wants its answer here."""
        return {
            "RequestType": request_type,
            "ResponseURL": self.url,
            "StackId": "stack-id",
            "RequestId": "request-id",
            "LogicalResourceId": "Resource",
            "ResourceProperties": properties,
        }


@contextmanager
def serve_responses() -> Iterator[Responses]:
    """Run a server on this machine in the place of the pre-signed URL."""
    responses = Responses()

    class Handler(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if responses.refuse:
                responses.refuse -= 1
                self.send_error(503)
                return
            responses.received.append(json.loads(body))
            responses.content_types.append(self.headers["Content-Type"])
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Keep the tests' output clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    responses.url = f"http://127.0.0.1:{server.server_port}/answer?signature=x"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield responses
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def responses() -> Iterator[Responses]:
    """The answers that come during one test."""
    with serve_responses() as responses:
        yield responses


@pytest.fixture
def aws() -> Iterator[None]:
    """AWS for one test; calls of this machine pass through."""
    with mock_aws():
        yield


@pytest.fixture
def deployed(aws: None, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A model, a configuration and an endpoint, all of one name, with tags; as SageMaker's client."""
    monkeypatch.setattr(FakeEndpointConfig, "validate_instance_type", lambda self, instance_type: None)
    sagemaker: Any = boto3.client("sagemaker")
    container = {"Image": "i", "Environment": {"LIMIT": "20", "HF_MODEL_ID": "/opt/ml/model"}}
    sagemaker.create_model(ModelName=NAME, ExecutionRoleArn=ROLE, PrimaryContainer=container, Tags=TAGS)
    sagemaker.create_endpoint_config(**CONFIGURATION)
    sagemaker.create_endpoint(EndpointName=NAME, EndpointConfigName=NAME)
    return sagemaker


@pytest.fixture
def updates(monkeypatch: pytest.MonkeyPatch) -> Updates:
    """SageMaker's updates of endpoints."""
    updates = Updates()
    # moto looks for functions in the class, not for what is bound elsewhere.
    monkeypatch.setattr(SageMakerResponse, "update_endpoint", lambda response: updates.begin(response), raising=False)
    monkeypatch.setattr("time.sleep", updates.sleep)
    return updates
