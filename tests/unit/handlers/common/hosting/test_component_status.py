"""Whether a model that is scaled to zero is asleep, waking or ready, and what wakes it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from handlers.common.hosting import component_status
from handlers.common.hosting.component_status import ComponentStatus

ARN = "arn:aws:sagemaker:us-east-1:123456789012:inference-component/model"


@pytest.fixture
def sagemaker(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stubber]:
    client = boto3.client("sagemaker", region_name="us-east-1")
    monkeypatch.setattr(component_status, "make_client", lambda *_, **__: client)
    with Stubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


def describe(sagemaker: Stubber, status: str, wanted: int, running: int) -> None:
    described: dict[str, Any] = {
        "InferenceComponentName": "model",
        "InferenceComponentArn": ARN,
        "EndpointName": "endpoint",
        "EndpointArn": ARN.replace("inference-component/model", "endpoint/endpoint"),
        "InferenceComponentStatus": status,
        "RuntimeConfig": {"DesiredCopyCount": wanted, "CurrentCopyCount": running},
        "CreationTime": 0,
        "LastModifiedTime": 0,
    }
    sagemaker.add_response("describe_inference_component", described, {"InferenceComponentName": "model"})


def wake(sagemaker: Stubber) -> None:
    expected = {"InferenceComponentName": "model", "DesiredRuntimeConfig": {"CopyCount": 1}}
    sagemaker.add_response("update_inference_component_runtime_config", {"InferenceComponentArn": ARN}, expected)


@pytest.mark.parametrize(
    ("status", "wanted", "running", "state"),
    [
        ("InService", 1, 1, "ready"),
        ("Updating", 2, 1, "ready"),
        ("Updating", 0, 1, "ready"),
        ("InService", 0, 0, "asleep"),
        ("Updating", 1, 0, "waking"),
        ("InService", 1, 0, "waking"),
        ("Creating", 1, 0, "starting"),
        ("Failed", 1, 0, "failed"),
        ("Deleting", 1, 1, "missing"),
    ],
)
def test_the_state_comes_from_the_copies_that_are_wanted_and_run(
    sagemaker: Stubber, status: str, wanted: int, running: int, state: str
) -> None:
    describe(sagemaker, status, wanted, running)
    assert ComponentStatus("model").read() == {
        "ready": state == "ready",
        "state": state,
        "endpoint_status": status,
    }


def test_a_component_that_does_not_exist_is_missing(sagemaker: Stubber) -> None:
    sagemaker.add_client_error("describe_inference_component", "ValidationException", "Could not find")
    assert ComponentStatus("model").read() == {"ready": False, "state": "missing", "endpoint_status": "NotFound"}


def test_another_refusal_is_not_taken_for_a_missing_component(sagemaker: Stubber) -> None:
    sagemaker.add_client_error("describe_inference_component", "AccessDeniedException", "no")
    with pytest.raises(ClientError):
        ComponentStatus("model").read()


def test_a_model_that_sleeps_is_woken(sagemaker: Stubber) -> None:
    describe(sagemaker, "InService", 0, 0)
    wake(sagemaker)
    describe(sagemaker, "Updating", 1, 0)
    assert ComponentStatus("model").wake()["state"] == "waking"


@pytest.mark.parametrize(("status", "wanted", "running"), [("Updating", 3, 0), ("InService", 3, 3), ("Failed", 0, 0)])
def test_a_model_that_does_not_sleep_keeps_its_copies(
    sagemaker: Stubber, status: str, wanted: int, running: int
) -> None:
    describe(sagemaker, status, wanted, running)
    assert ComponentStatus("model").wake()["state"] != "asleep"


def test_where_it_cannot_be_woken_its_state_is_told_as_it_is(sagemaker: Stubber) -> None:
    describe(sagemaker, "InService", 0, 0)
    sagemaker.add_client_error("update_inference_component_runtime_config", "AccessDeniedException", ARN)
    describe(sagemaker, "InService", 0, 0)
    assert ComponentStatus("model").wake()["state"] == "asleep"
