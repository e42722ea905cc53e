"""Models, endpoints and their scaling as CloudFormation's resources: refused where SageMaker would refuse them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from genai_templates.local import Emulator
from genai_templates.local.ministack_patches.api_parameters import api_parameters
from tests.waiting import until

IMAGE = "763104351884.dkr.ecr.us-east-1.amazonaws.com/tgi:2.4"
SOURCE = {"S3Uri": "s3://bucket/prefix/", "S3DataType": "S3Prefix", "CompressionType": "None"}
VARIANT = {
    "VariantName": "AllTraffic",
    "InitialInstanceCount": "1",
    "ModelName": {"Fn::GetAtt": ["Model", "ModelName"]},
}
POOL = {"InstanceType": "ml.g5.2xlarge", "Priority": 1}


@pytest.fixture(scope="module")
def roles(emulator: Emulator) -> Iterator[dict[str, str]]:
    """Roles that the services of their names may assume."""
    iam = emulator.client("iam")
    made = {}
    for service in ("sagemaker", "lambda"):
        trust = {"Effect": "Allow", "Principal": {"Service": f"{service}.amazonaws.com"}, "Action": "sts:AssumeRole"}
        role = iam.create_role(RoleName=f"of-{service}", AssumeRolePolicyDocument=json.dumps({"Statement": [trust]}))
        made[service] = role["Role"]["Arn"]
    yield made
    for service in made:
        iam.delete_role(RoleName=f"of-{service}")


def model(role: str, *, image: str = IMAGE, **source: object) -> dict[str, Any]:
    data = {"S3DataSource": {**SOURCE, **source}}
    return {
        "Type": "AWS::SageMaker::Model",
        "Properties": {"ExecutionRoleArn": role, "PrimaryContainer": {"Image": image, "ModelDataSource": data}},
    }


def configuration(**variant: object) -> dict[str, Any]:
    return {"Type": "AWS::SageMaker::EndpointConfig", "Properties": {"ProductionVariants": [{**VARIANT, **variant}]}}


def reason(emulator: Emulator, resources: dict[str, Any]) -> str:
    """Return why the creation of these resources fails, or nothing; nothing is left of them."""
    client = emulator.client("cloudformation")
    stack = client.create_stack(StackName="resources", TemplateBody=json.dumps({"Resources": resources}))["StackId"]

    def status() -> str:
        return str(client.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"])

    until(lambda: not status().endswith("IN_PROGRESS") or None)
    events = client.describe_stack_events(StackName=stack)["StackEvents"]
    client.delete_stack(StackName=stack)
    until(lambda: status() == "DELETE_COMPLETE" or None)
    failed = [event["ResourceStatusReason"] for event in events if event["ResourceStatus"] == "CREATE_FAILED"]
    return str(failed[-1]) if failed else ""


@pytest.mark.parametrize(
    ("service", "changed", "refusal"),
    [
        ("sagemaker", {}, ""),
        ("lambda", {}, "Could not assume role"),
        ("sagemaker", {"image": "tgi:2.4"}, "not one of Amazon ECR"),
        ("sagemaker", {"S3Uri": "s3://bucket/prefix"}, "must end with a forward slash"),
        ("sagemaker", {"S3DataType": "Prefix"}, "must be one of S3Prefix, S3Object"),
        ("sagemaker", {"S3Uri": "s3://jumpstart-private-cache-prod-us-east-1/llama/"}, "AcceptEula"),
        (
            "sagemaker",
            {
                "S3Uri": "s3://jumpstart-private-cache-prod-us-east-1/llama/",
                "ModelAccessConfig": {"AcceptEula": "true"},
            },
            "",
        ),
    ],
)
def test_a_model_is_checked(
    emulator: Emulator, roles: dict[str, str], service: str, changed: dict[str, Any], refusal: str
) -> None:
    found = reason(emulator, {"Model": model(roles[service], **changed)})
    assert refusal in found
    assert bool(refusal) == bool(found)


@pytest.mark.parametrize(
    ("variant", "refusal"),
    [
        ({"InstanceType": "ml.g5.2xlarge"}, ""),
        ({"InstancePools": [POOL, {"InstanceType": "ml.g5.4xlarge", "Priority": 2}]}, ""),
        ({}, "exactly one of InstanceType, InstancePools"),
        ({"InstanceType": "ml.g5.2xlarge", "InstancePools": [POOL]}, "exactly one of"),
        ({"InstancePools": [POOL, {**POOL, "Priority": 2}]}, "must be unique"),
        ({"InstancePools": [POOL, {**POOL, "InstanceType": "ml.g5.4xlarge"}]}, "must be unique"),
        ({"InstancePools": [{**POOL, "ModelNameOverride": "nowhere"}]}, "Could not find model"),
        ({"InstanceType": "ml.g5.2xlarge", "ModelName": "nowhere"}, "Could not find model"),
        ({"InstanceType": "ml.g99.large"}, "must be one of"),
    ],
)
def test_a_configuration_is_checked(
    emulator: Emulator, roles: dict[str, str], variant: dict[str, Any], refusal: str
) -> None:
    found = reason(emulator, {"Model": model(roles["sagemaker"]), "Config": configuration(**variant)})
    assert refusal in found
    assert bool(refusal) == bool(found)


def test_a_target_needs_its_endpoint(emulator: Emulator) -> None:
    target = {
        "ServiceNamespace": "sagemaker",
        "ResourceId": "endpoint/nowhere/variant/AllTraffic",
        "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
        "MinCapacity": 1,
        "MaxCapacity": 2,
    }
    resource = {"Type": "AWS::ApplicationAutoScaling::ScalableTarget", "Properties": target}
    assert "Could not find endpoint" in reason(emulator, {"Target": resource})


@pytest.mark.parametrize(
    ("properties", "refusal"),
    [
        ({"EndpointName": "name"}, "requires EndpointConfigName"),
        ({"EndpointName": "name", "EndpointConfigName": "name", "Colour": "blue"}, "has no Colour"),
        ({"EndpointName": "n" * 64, "EndpointConfigName": "name"}, "64 long"),
        ({"EndpointName": 7, "EndpointConfigName": "name"}, "must be text"),
        ({"EndpointName": "name", "EndpointConfigName": "name", "Tags": [7]}, "must be an object"),
    ],
)
def test_what_a_service_does_not_take_is_refused(properties: dict[str, Any], refusal: str) -> None:
    with pytest.raises(ValueError, match=refusal):
        api_parameters("sagemaker", "CreateEndpoint", properties)


def test_text_becomes_the_numbers_and_booleans_of_the_api() -> None:
    given = {"EndpointName": "name", "EndpointConfigName": "name", "RetainAllVariantProperties": "true"}
    assert api_parameters("sagemaker", "UpdateEndpoint", given)["RetainAllVariantProperties"] is True
    with pytest.raises(ValueError, match="must be true or false"):
        api_parameters("sagemaker", "UpdateEndpoint", {**given, "RetainAllVariantProperties": "yes"})
