"""Whether the model is ready, in SageMaker's own word."""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from handlers.common.hosting import endpoint_status
from handlers.common.hosting.endpoint_status import EndpointStatus

DESCRIBED = {
    "EndpointName": "endpoint",
    "EndpointArn": "arn:aws:sagemaker:us-east-1:123456789012:endpoint/endpoint",
    "CreationTime": 0,
    "LastModifiedTime": 0,
}


@pytest.fixture
def sagemaker(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stubber]:
    client = boto3.client("sagemaker", region_name="us-east-1")
    monkeypatch.setattr(endpoint_status, "make_client", lambda *_, **__: client)
    with Stubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("InService", "ready"),
        ("Updating", "ready"),
        ("SystemUpdating", "ready"),
        ("RollingBack", "ready"),
        ("Creating", "starting"),
        ("Deleting", "missing"),
        ("Failed", "failed"),
        ("OutOfService", "failed"),
    ],
)
def test_an_endpoint_is_ready_when_it_answers(sagemaker: Stubber, word: str, state: str) -> None:
    sagemaker.add_response("describe_endpoint", {**DESCRIBED, "EndpointStatus": word}, {"EndpointName": "endpoint"})
    assert EndpointStatus("endpoint", "missing").read() == {
        "ready": state == "ready",
        "state": state,
        "endpoint_status": word,
    }


@pytest.mark.parametrize("state", ["starting", "paused", "missing"])
def test_what_it_means_that_there_is_no_endpoint_depends_on_where_it_comes_from(sagemaker: Stubber, state: str) -> None:
    sagemaker.add_client_error("describe_endpoint", "ValidationException", "Could not find endpoint")
    found = EndpointStatus("endpoint", state).read()
    assert found == {"ready": False, "state": state, "endpoint_status": "NotFound"}


def test_an_endpoint_that_a_pause_deletes_counts_as_paused_already(sagemaker: Stubber) -> None:
    sagemaker.add_response("describe_endpoint", {**DESCRIBED, "EndpointStatus": "Deleting"})
    found = EndpointStatus("endpoint", "paused").read()
    assert found == {"ready": False, "state": "paused", "endpoint_status": "Deleting"}


def test_waking_an_endpoint_shows_its_state_and_does_nothing(sagemaker: Stubber) -> None:
    sagemaker.add_client_error("describe_endpoint", "ValidationException", "Could not find endpoint")
    assert EndpointStatus("endpoint", "missing").wake()["state"] == "missing"


def test_another_refusal_is_not_taken_for_a_missing_endpoint(sagemaker: Stubber) -> None:
    sagemaker.add_client_error("describe_endpoint", "AccessDeniedException", "no")
    with pytest.raises(ClientError):
        EndpointStatus("endpoint", "missing").read()
