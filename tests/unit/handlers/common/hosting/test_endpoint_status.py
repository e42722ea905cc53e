"""Whether the model is ready, in SageMaker's own word."""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from handlers.common.hosting import endpoint_status
from handlers.common.hosting.endpoint_status import EndpointStatus


@pytest.fixture
def sagemaker(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stubber]:
    client = boto3.client("sagemaker", region_name="us-east-1")
    monkeypatch.setattr(endpoint_status, "make_client", lambda *_, **__: client)
    with Stubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


@pytest.mark.parametrize(
    ("word", "ready"), [("InService", True), ("Updating", True), ("Creating", False), ("Failed", False)]
)
def test_an_endpoint_is_ready_when_it_answers(sagemaker: Stubber, word: str, ready: bool) -> None:
    described = {
        "EndpointName": "endpoint",
        "EndpointArn": "arn:aws:sagemaker:us-east-1:123456789012:endpoint/endpoint",
        "EndpointStatus": word,
        "CreationTime": 0,
        "LastModifiedTime": 0,
    }
    sagemaker.add_response("describe_endpoint", described, {"EndpointName": "endpoint"})
    assert EndpointStatus("endpoint").read() == {"ready": ready, "endpoint_status": word}


def test_an_endpoint_that_does_not_exist_is_not_ready(sagemaker: Stubber) -> None:
    sagemaker.add_client_error("describe_endpoint", "ValidationException", "Could not find endpoint")
    assert EndpointStatus("endpoint").read() == {"ready": False, "endpoint_status": "NotFound"}


def test_another_refusal_is_not_taken_for_a_missing_endpoint(sagemaker: Stubber) -> None:
    sagemaker.add_client_error("describe_endpoint", "AccessDeniedException", "no")
    with pytest.raises(ClientError):
        EndpointStatus("endpoint").read()
