"""Deletion of all that the notebook and the updates of the stack have made."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from handlers.custom_resources import endpoints, model_deletion, model_janitor, model_update
from tests.unit.handlers.custom_resources.deployed import NAME, OTHER, SETTINGS, Updates, send, update


@pytest.fixture(autouse=True)
def _fifteen_minutes(context: Any, updates: Updates) -> None:
    """Enough time for everything, of which none passes."""
    context.milliseconds = 900_000


def absent(stub: Stubber) -> None:
    stub.add_client_error("describe_endpoint", "ValidationException", "Could not find endpoint")


def all_names_are_deleted(stub: Stubber) -> None:
    for name in (NAME, OTHER):
        stub.add_response("delete_endpoint_config", {}, {"EndpointConfigName": name})
    for name in (NAME, OTHER):
        stub.add_response("delete_model", {}, {"ModelName": name})


def test_everything_that_bills_is_deleted_with_the_stack(responses: Any, context: Any, deployed: Any) -> None:
    scaling = boto3.client("application-autoscaling")
    scaling.register_scalable_target(
        ServiceNamespace="sagemaker",
        ResourceId="endpoint/genai/variant/AllTraffic",
        ScalableDimension="sagemaker:variant:DesiredInstanceCount",
        MinCapacity=1,
        MaxCapacity=2,
    )
    response = send(responses, context, "Delete")
    assert (response["Status"], response["Reason"]) == ("SUCCESS", "done")
    assert deployed.list_endpoints()["Endpoints"] == []
    assert deployed.list_endpoint_configs()["EndpointConfigs"] == []
    assert deployed.list_models()["Models"] == []
    assert scaling.describe_scalable_targets(ServiceNamespace="sagemaker")["ScalableTargets"] == []


def test_what_an_update_made_is_deleted_with_the_stack(
    responses: Any, context: Any, deployed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_update, "check_endpoint_quotas", lambda client, types: None)
    changed = {"InstanceTypes": ["ml.g5.8xlarge"], "Environment": {"LIMIT": "30"}}
    assert update(responses, context, **changed)["Status"] == "SUCCESS"
    assert deployed.describe_endpoint(EndpointName=NAME)["EndpointConfigName"] == OTHER
    response = send(responses, context, "Delete", ResourceProperties={**SETTINGS, **changed})
    assert (response["Status"], response["Reason"]) == ("SUCCESS", "done")
    assert deployed.list_endpoint_configs()["EndpointConfigs"] == deployed.list_models()["Models"] == []


def test_nothing_to_delete_is_fine(responses: Any, context: Any, aws: None) -> None:
    assert (send(responses, context, "Delete")["Status"], responses.received[-1]["Reason"]) == ("SUCCESS", "done")


def refuse(operation: str) -> Any:
    def call(**_: object) -> None:
        raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "arn"}}, operation)

    return call


def test_a_model_that_could_not_be_deleted_is_said_and_does_not_hold_the_stack(
    responses: Any, context: Any, deployed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endpoints.sagemaker, "delete_model", refuse("DeleteModel"))
    response = send(responses, context, "Delete")
    assert (response["Status"], response["Reason"]) == ("SUCCESS", "please delete by hand: model genai, model genai-2")


def test_an_endpoint_that_could_not_be_deleted_keeps_its_configuration_and_fails(
    responses: Any, context: Any, deployed: Any, monkeypatch: pytest.MonkeyPatch, updates: Updates
) -> None:
    monkeypatch.setattr(endpoints.sagemaker, "delete_endpoint", refuse("DeleteEndpoint"))
    assert send(responses, context, "Delete")["Status"] == "FAILED"
    assert updates.pauses == [1, 2, 4, 8, 16]
    assert len(deployed.list_endpoint_configs()["EndpointConfigs"]) == len(deployed.list_models()["Models"]) == 1


def test_an_endpoint_that_is_being_made_is_waited_for_then_deleted(responses: Any, context: Any, aws: None) -> None:
    with Stubber(endpoints.sagemaker) as stub:
        for status in ("Creating", "InService"):
            stub.add_response("describe_endpoint", _description(status), {"EndpointName": "genai"})
        stub.add_response("delete_endpoint", {}, {"EndpointName": "genai"})
        stub.add_response("describe_endpoint", _description("Deleting"), {"EndpointName": "genai"})
        absent(stub)
        all_names_are_deleted(stub)
        assert send(responses, context, "Delete")["Reason"] == "done"
        stub.assert_no_pending_responses()


class Invocations:
    """Lambda, as far as a function invokes itself."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []

    def invoke(self, **call: Any) -> None:
        self.sent.append(call)


def test_an_endpoint_that_takes_longer_than_the_function_may_is_waited_for_in_another_invocation(
    responses: Any, context: Any, aws: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    context.milliseconds = 29_000
    invocations = Invocations()
    monkeypatch.setattr(model_janitor, "make_client", lambda service: invocations)
    event = responses.event("Delete") | {"PhysicalResourceId": "model-genai-x", "ResourceProperties": SETTINGS}
    with Stubber(endpoints.sagemaker) as stub:
        stub.add_response("describe_endpoint", _description("Creating"), {"EndpointName": "genai"})
        model_janitor.handler(event, context)
        assert responses.received == []
        [call] = invocations.sent
        assert (call["FunctionName"], call["InvocationType"]) == (context.function_name, "Event")
        absent(stub)
        all_names_are_deleted(stub)
        model_janitor.handler(json.loads(call["Payload"]), context)
    assert [response["Status"] for response in responses.received] == ["SUCCESS"]


class Clock:
    """Time that passes while the function sleeps; each of its invocations has fifteen minutes."""

    def __init__(self) -> None:
        self.now = self.invoked = 1_800_000_000.0

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def remaining(self) -> int:
        return round(1000 * (900 - (self.now - self.invoked)))


def test_an_endpoint_that_is_never_gone_fails_the_deletion_while_cloudformation_still_listens(
    responses: Any, context: Any, aws: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, invocations = Clock(), Invocations()
    start = clock.now
    monkeypatch.setattr("time.time", lambda: clock.now)
    monkeypatch.setattr("time.sleep", clock.sleep)
    monkeypatch.setattr(context, "get_remaining_time_in_millis", clock.remaining)
    monkeypatch.setattr(model_janitor, "make_client", lambda service: invocations)
    monkeypatch.setattr(model_deletion, "_stop_scaling", lambda name: None)
    monkeypatch.setattr(model_deletion, "describe_endpoint", lambda name: {"EndpointStatus": "Creating"})
    event = responses.event("Delete") | {"PhysicalResourceId": "model-genai-x", "ResourceProperties": SETTINGS}
    while not responses.received:
        clock.invoked = clock.now
        model_janitor.handler(event, context)
        if not responses.received:
            event = json.loads(invocations.sent.pop()["Payload"])
    [response] = responses.received
    assert response["Status"] == "FAILED"
    assert "endpoint genai is not gone after 3300 s: delete the stack again" in response["Reason"]
    assert 3300 <= clock.now - start < 3400  # CloudFormation's hour is 3600


def _description(status: str) -> dict[str, Any]:
    return {
        "EndpointName": "genai",
        "EndpointArn": "arn:aws:sagemaker:us-east-1:123456789012:endpoint/genai",
        "EndpointConfigName": "genai",
        "EndpointStatus": status,
        "CreationTime": 0,
        "LastModifiedTime": 0,
    }
