"""What goes with the stack, and what stays."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from handlers.custom_resources import bucket_cleaner, model_janitor


@pytest.fixture
def images(aws: None) -> Any:
    """A bucket with some objects."""
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="images")
    for number in range(3):
        s3.put_object(Bucket="images", Key=f"generated_images/{number}.jpg", Body=b"x")
    return s3


def clean(answers: Any, context: Any, request_type: str, delete: str) -> dict[str, Any]:
    bucket_cleaner.handler(answers.event(request_type, Bucket="images", Delete=delete), context)
    answer: dict[str, Any] = answers.received[-1]
    return answer


def test_images_go_with_the_stack_if_so_chosen(answers: Any, context: Any, images: Any) -> None:
    for number in range(1000):  # one request lists no more
        images.put_object(Bucket="images", Key=f"more/{number}.jpg", Body=b"x")
    assert clean(answers, context, "Delete", "true")["Status"] == "SUCCESS"
    assert images.list_buckets()["Buckets"] == []


@pytest.mark.parametrize(("request_type", "delete"), [("Delete", "false"), ("Update", "true"), ("Create", "true")])
def test_images_stay_otherwise(answers: Any, context: Any, images: Any, request_type: str, delete: str) -> None:
    assert clean(answers, context, request_type, delete)["Status"] == "SUCCESS"
    assert images.list_objects_v2(Bucket="images")["KeyCount"] == 3


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


def sweep(answers: Any, context: Any, request_type: str = "Delete") -> dict[str, Any]:
    model_janitor.handler(answers.event(request_type, EndpointName="genai"), context)
    answer: dict[str, Any] = answers.received[-1]
    return answer


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)


def test_everything_that_bills_is_deleted_with_the_stack(answers: Any, context: Any, deployed: Any) -> None:
    context.milliseconds = 900_000
    scaling = boto3.client("application-autoscaling")
    scaling.register_scalable_target(
        ServiceNamespace="sagemaker",
        ResourceId="endpoint/genai/variant/AllTraffic",
        ScalableDimension="sagemaker:variant:DesiredInstanceCount",
        MinCapacity=1,
        MaxCapacity=2,
    )
    answer = sweep(answers, context)
    assert (answer["Status"], answer["Reason"]) == ("SUCCESS", "done")
    assert deployed.list_endpoints()["Endpoints"] == []
    assert deployed.list_endpoint_configs()["EndpointConfigs"] == []
    assert deployed.list_models()["Models"] == []
    assert scaling.describe_scalable_targets(ServiceNamespace="sagemaker")["ScalableTargets"] == []


def test_an_update_deletes_nothing(answers: Any, context: Any, deployed: Any) -> None:
    sweep(answers, context, "Update")
    assert len(deployed.list_endpoints()["Endpoints"]) == 1


def test_nothing_to_delete_is_fine(answers: Any, context: Any, aws: None) -> None:
    assert (sweep(answers, context)["Status"], answers.received[-1]["Reason"]) == ("SUCCESS", "done")


def test_what_could_not_be_deleted_is_said_and_does_not_hold_the_stack(
    answers: Any, context: Any, deployed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_: object) -> None:
        raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "arn"}}, "DeleteModel")

    monkeypatch.setattr(model_janitor.sagemaker, "delete_model", refuse)
    answer = sweep(answers, context)
    assert (answer["Status"], answer["Reason"]) == ("SUCCESS", "please delete by hand: model genai")


def test_an_endpoint_that_is_being_made_is_waited_for_then_deleted(answers: Any, context: Any, aws: None) -> None:
    context.milliseconds = 900_000
    with Stubber(model_janitor.sagemaker) as stub:
        for status in ("Creating", "InService"):
            stub.add_response("describe_endpoint", _description(status), {"EndpointName": "genai"})
        stub.add_response("delete_endpoint", {}, {"EndpointName": "genai"})
        stub.add_response("describe_endpoint", _description("Deleting"), {"EndpointName": "genai"})
        stub.add_client_error("describe_endpoint", "ValidationException", "Could not find endpoint")
        stub.add_response("delete_endpoint_config", {}, {"EndpointConfigName": "genai"})
        stub.add_response("delete_model", {}, {"ModelName": "genai"})
        assert sweep(answers, context)["Reason"] == "done"
        stub.assert_no_pending_responses()


def test_an_endpoint_that_stays_in_the_making_is_named(answers: Any, context: Any, aws: None) -> None:
    context.milliseconds = 29_000
    with Stubber(model_janitor.sagemaker) as stub:
        stub.add_response("describe_endpoint", _description("Creating"), {"EndpointName": "genai"})
        stub.add_response("delete_endpoint_config", {}, {"EndpointConfigName": "genai"})
        stub.add_response("delete_model", {}, {"ModelName": "genai"})
        answer = sweep(answers, context)
    assert (answer["Status"], answer["Reason"]) == ("SUCCESS", "please delete by hand: endpoint genai")


def _description(status: str) -> dict[str, Any]:
    return {
        "EndpointName": "genai",
        "EndpointArn": "arn:aws:sagemaker:us-east-1:123456789012:endpoint/genai",
        "EndpointConfigName": "genai",
        "EndpointStatus": status,
        "CreationTime": 0,
        "LastModifiedTime": 0,
    }
