"""The model of a stack: its quota, the settings that stay, and its deletion."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from handlers.custom_resources import model_janitor, quotas
from handlers.custom_resources.response import CustomResourceError

SETTINGS: dict[str, Any] = {
    "EndpointName": "genai",
    "ModelId": "falcon",
    "InstanceTypes": ["ml.g5.2xlarge", "ml.g5.4xlarge"],
    "NotebookInstanceType": "ml.t3.medium",
    "StopNotebook": "true",
}


@pytest.fixture
def deployed(aws: None) -> Any:
    """A model, a configuration and an endpoint, all of one name."""
    sagemaker = boto3.client("sagemaker")
    role = "arn:aws:iam::123456789012:role/x"
    sagemaker.create_model(ModelName="genai", ExecutionRoleArn=role, PrimaryContainer={"Image": "i"})
    sagemaker.create_endpoint_config(
        EndpointConfigName="genai",
        ProductionVariants=[
            {
                "VariantName": "AllTraffic",
                "ModelName": "genai",
                "InstanceType": "ml.m5.large",
                "InitialInstanceCount": 1,
            }
        ],
    )
    sagemaker.create_endpoint(EndpointName="genai", EndpointConfigName="genai")
    return sagemaker


class Waiting:
    """The pauses that were made, and what happens during one."""

    def __init__(self) -> None:
        self.pauses: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)


@pytest.fixture(autouse=True)
def _fifteen_minutes(context: Any) -> None:
    context.milliseconds = 900_000


@pytest.fixture(autouse=True)
def waiting(monkeypatch: pytest.MonkeyPatch) -> Waiting:
    """No test waits."""
    waiting = Waiting()
    monkeypatch.setattr("time.sleep", waiting.sleep)
    return waiting


def send(responses: Any, context: Any, request_type: str, **more: Any) -> dict[str, Any]:
    """Serve an event and return the response."""
    event = responses.event(request_type)
    event |= {"PhysicalResourceId": "model-genai-x", "ResourceProperties": SETTINGS, **more}
    if request_type == "Create":
        del event["PhysicalResourceId"]
    model_janitor.handler(event, context)
    response: dict[str, Any] = responses.received[-1]
    return response


def sweep(responses: Any, context: Any, **more: Any) -> dict[str, Any]:
    return send(responses, context, "Delete", **more)


def absent(stub: Stubber) -> None:
    stub.add_client_error("describe_endpoint", "ValidationException", "Could not find endpoint")


# Creation: the quota.


class Quotas:
    """Service Quotas with these values, in pages of one."""

    def __init__(self, values: dict[str, float]) -> None:
        self.pages: list[dict[str, Any]] = [
            {"Quotas": [{"QuotaName": name, "Value": value}]} for name, value in values.items()
        ]
        self.read = 0

    def get_paginator(self, operation: str) -> Quotas:
        assert operation == "list_service_quotas"
        return self

    def paginate(self, *, ServiceCode: str) -> Any:
        assert ServiceCode == "sagemaker"
        for page in self.pages:
            self.read += 1
            yield page


def test_a_quota_of_none_is_said_before_anything_is_deployed() -> None:
    values = {"ml.g5.4xlarge for endpoint usage": 0.0, "ml.g5.2xlarge for endpoint usage": 0.0}
    with pytest.raises(
        CustomResourceError, match=r"ml\.g5\.4xlarge for endpoint usage or ml\.g5\.2xlarge .* is 0 .* ask"
    ):
        quotas.check_endpoint_quotas(Quotas(values), SETTINGS["InstanceTypes"])


def test_one_instance_type_with_a_quota_is_enough_and_no_page_more_is_read() -> None:
    values = {"ml.g5.2xlarge for endpoint usage": 0.0, "ml.g5.4xlarge for endpoint usage": 1.0, "another": 0.0}
    client = Quotas(values)
    quotas.check_endpoint_quotas(client, SETTINGS["InstanceTypes"])
    assert client.read == 2


def test_a_quota_that_nobody_lists_stops_nothing() -> None:
    quotas.check_endpoint_quotas(Quotas({"another": 0.0}), SETTINGS["InstanceTypes"])


def test_a_quota_that_cannot_be_looked_at_stops_nothing(
    responses: Any, context: Any, aws: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Refusing:
        def get_paginator(self, operation: str) -> None:
            raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": ""}}, operation)

    monkeypatch.setattr(model_janitor, "make_client", lambda service: Refusing())
    assert send(responses, context, "Create")["Status"] == "SUCCESS"


def test_a_quota_of_none_is_found_although_the_permission_to_look_arrives_late(waiting: Waiting) -> None:
    class Late(Quotas):
        def get_paginator(self, operation: str) -> Quotas:
            if len(waiting.pauses) < 2:
                raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": ""}}, operation)
            return super().get_paginator(operation)

    with pytest.raises(CustomResourceError, match="is 0"):
        quotas.check_endpoint_quotas(Late({"ml.g5.2xlarge for endpoint usage": 0.0}), ["ml.g5.2xlarge"])


def test_a_fall_back_whose_quota_is_not_listed_or_has_no_value_may_still_be_available() -> None:
    none = {"QuotaName": "ml.g5.2xlarge for endpoint usage", "Value": 0.0}
    for others in ([], [{"QuotaName": "ml.g5.4xlarge for endpoint usage", "ErrorReason": {}}]):
        client = Quotas({})
        client.pages = [{"Quotas": [none, *others]}]
        quotas.check_endpoint_quotas(client, SETTINGS["InstanceTypes"])


# Updates: what the notebook reads once stays.


@pytest.fixture
def physical_id(responses: Any, context: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    """The resource's name after its creation."""
    monkeypatch.setattr(model_janitor, "check_endpoint_quotas", lambda client, types: None)
    return str(send(responses, context, "Create")["PhysicalResourceId"])


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("InstanceTypes", ["ml.g5.8xlarge"], "InstanceTypes from ml.g5.2xlarge, ml.g5.4xlarge to ml.g5.8xlarge"),
        ("StopNotebook", "false", "StopNotebook from true to false"),
        ("NotebookInstanceType", "ml.t3.large", "NotebookInstanceType from ml.t3.medium to ml.t3.large"),
        ("ModelId", "mistral", "ModelId from falcon to mistral"),
    ],
)
def test_a_change_that_would_not_reach_the_model_is_refused_and_its_rollback_is_not(
    responses: Any, context: Any, physical_id: str, name: str, value: Any, words: str
) -> None:
    wanted = {**SETTINGS, name: value}
    sent = {"PhysicalResourceId": physical_id, "OldResourceProperties": SETTINGS, "ResourceProperties": wanted}
    refused = send(responses, context, "Update", **sent)
    assert (refused["Status"], refused["PhysicalResourceId"]) == ("FAILED", physical_id)
    assert words in refused["Reason"]
    sent |= {"OldResourceProperties": wanted, "ResourceProperties": SETTINGS}
    assert send(responses, context, "Update", **sent)["Status"] == "SUCCESS"


def test_an_update_of_anything_else_keeps_the_model(
    responses: Any, context: Any, physical_id: str, deployed: Any
) -> None:
    response = send(responses, context, "Update", PhysicalResourceId=physical_id, OldResourceProperties=SETTINGS)
    assert (response["Status"], response["PhysicalResourceId"]) == ("SUCCESS", physical_id)
    assert len(deployed.list_endpoints()["Endpoints"]) == 1


# Deletion.


def test_everything_that_bills_is_deleted_with_the_stack(responses: Any, context: Any, deployed: Any) -> None:
    scaling = boto3.client("application-autoscaling")
    scaling.register_scalable_target(
        ServiceNamespace="sagemaker",
        ResourceId="endpoint/genai/variant/AllTraffic",
        ScalableDimension="sagemaker:variant:DesiredInstanceCount",
        MinCapacity=1,
        MaxCapacity=2,
    )
    response = sweep(responses, context)
    assert (response["Status"], response["Reason"]) == ("SUCCESS", "done")
    assert deployed.list_endpoints()["Endpoints"] == []
    assert deployed.list_endpoint_configs()["EndpointConfigs"] == []
    assert deployed.list_models()["Models"] == []
    assert scaling.describe_scalable_targets(ServiceNamespace="sagemaker")["ScalableTargets"] == []


def test_nothing_to_delete_is_fine(responses: Any, context: Any, aws: None) -> None:
    assert (sweep(responses, context)["Status"], responses.received[-1]["Reason"]) == ("SUCCESS", "done")


def refuse(operation: str) -> Any:
    def call(**_: object) -> None:
        raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "arn"}}, operation)

    return call


def test_a_model_that_could_not_be_deleted_is_said_and_does_not_hold_the_stack(
    responses: Any, context: Any, deployed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_janitor.sagemaker, "delete_model", refuse("DeleteModel"))
    response = sweep(responses, context)
    assert (response["Status"], response["Reason"]) == ("SUCCESS", "please delete by hand: model genai")


def test_an_endpoint_that_could_not_be_deleted_keeps_its_configuration_and_fails(
    responses: Any, context: Any, deployed: Any, monkeypatch: pytest.MonkeyPatch, waiting: Waiting
) -> None:
    monkeypatch.setattr(model_janitor.sagemaker, "delete_endpoint", refuse("DeleteEndpoint"))
    assert sweep(responses, context)["Status"] == "FAILED"
    assert waiting.pauses == [1, 2, 4, 8, 16]
    assert len(deployed.list_endpoint_configs()["EndpointConfigs"]) == len(deployed.list_models()["Models"]) == 1


def test_an_endpoint_that_is_being_made_is_waited_for_then_deleted(responses: Any, context: Any, aws: None) -> None:
    with Stubber(model_janitor.sagemaker) as stub:
        for status in ("Creating", "InService"):
            stub.add_response("describe_endpoint", _description(status), {"EndpointName": "genai"})
        stub.add_response("delete_endpoint", {}, {"EndpointName": "genai"})
        stub.add_response("describe_endpoint", _description("Deleting"), {"EndpointName": "genai"})
        absent(stub)
        stub.add_response("delete_endpoint_config", {}, {"EndpointConfigName": "genai"})
        stub.add_response("delete_model", {}, {"ModelName": "genai"})
        assert sweep(responses, context)["Reason"] == "done"
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
    with Stubber(model_janitor.sagemaker) as stub:
        stub.add_response("describe_endpoint", _description("Creating"), {"EndpointName": "genai"})
        model_janitor.handler(event, context)
        assert responses.received == []
        [call] = invocations.sent
        assert (call["FunctionName"], call["InvocationType"]) == (context.function_name, "Event")
        absent(stub)
        stub.add_response("delete_endpoint_config", {}, {"EndpointConfigName": "genai"})
        stub.add_response("delete_model", {}, {"ModelName": "genai"})
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
    monkeypatch.setattr(model_janitor, "_stop_scaling", lambda name: None)
    monkeypatch.setattr(model_janitor, "_status", lambda name: "Creating")
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
