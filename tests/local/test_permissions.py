"""Policies as IAM judges them: what the templates use of statements, each with a call that is allowed or refused."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from genai_templates.local import Emulator
from genai_templates.local.emulator import CREDENTIALS, REGION
from genai_templates.local.notebook import deploy_endpoint

Call = Callable[[Callable[[str], Any]], object]
Statement = dict[str, Any]
TRUST: Statement = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
BUCKET_NAME = "judged-bucket"
BUCKET = f"arn:aws:s3:::{BUCKET_NAME}"
KEYS: Any = {name.lower(): value for name, value in CREDENTIALS.items()}
ENDPOINT = "arn:aws:sagemaker:us-east-1:000000000000:endpoint/judged"


def allow(*actions: str, on: str = "*", **condition: Any) -> Statement:
    statement: Statement = {"Effect": "Allow", "Action": list(actions), "Resource": on}
    return statement | ({"Condition": condition} if condition else {})


def deny(*actions: str, on: str = "*") -> Statement:
    return {"Effect": "Deny", "Action": list(actions), "Resource": on}


def put(key: str) -> Call:
    return lambda client: client("s3").put_object(Bucket=BUCKET_NAME, Key=key, Body=b"")


def invoke(client: Callable[[str], Any]) -> object:
    return client("sagemaker-runtime").invoke_endpoint(EndpointName="judged", Body=b'{"inputs": "Hello"}')


def targets(namespace: str) -> Call:
    return lambda client: client("application-autoscaling").describe_scalable_targets(ServiceNamespace=namespace)


SCALING = "application-autoscaling:DescribeScalableTargets"
NAMESPACE: Any = {"StringEquals": {"application-autoscaling:service-namespace": "sagemaker"}}


@pytest.fixture(scope="module")
def role(emulator: Emulator) -> Callable[..., Callable[[str], Any]]:
    """Make a role with these statements, and return what makes clients that act as it."""
    deploy_endpoint(emulator.client("sagemaker"), "judged")
    emulator.client("s3").create_bucket(Bucket=BUCKET_NAME)

    def make(*statements: Statement) -> Callable[[str], Any]:
        name = f"judged-{uuid.uuid4().hex}"
        trust = json.dumps({"Version": "2012-10-17", "Statement": [TRUST]})
        arn = emulator.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
        if statements:
            policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
            emulator.client("iam").put_role_policy(RoleName=name, PolicyName="policy", PolicyDocument=policy)
        session = boto3.Session(**_credentials(emulator, arn))
        config = Config(retries={"total_max_attempts": 1}, proxies={})
        return lambda service: session.client(service, REGION, endpoint_url=emulator.url, config=config)  # type: ignore[call-overload]

    return make


def _credentials(emulator: Emulator, arn: str) -> Any:
    sts = boto3.client("sts", REGION, endpoint_url=emulator.url, **KEYS)
    given = sts.assume_role(RoleArn=arn, RoleSessionName="judged")["Credentials"]
    return {
        "aws_access_key_id": given["AccessKeyId"],
        "aws_secret_access_key": given["SecretAccessKey"],
        "aws_session_token": given["SessionToken"],
    }


@pytest.mark.parametrize(
    ("statements", "call", "allowed"),
    [
        ([allow("s3:PutObject", on=f"{BUCKET}/a/*")], put("a/b"), True),
        ([allow("s3:PutObject", on=f"{BUCKET}/a/*")], put("b"), False),
        ([allow("s3:PutObject", on="arn:aws:s3:::another-bucket/*")], put("a/b"), False),
        ([allow("s3:GetObject")], put("a/b"), False),
        ([allow("s3:Put*")], put("a/b"), True),
        ([allow("s3:*"), deny("s3:PutObject", on=f"{BUCKET}/a/*")], put("a/b"), False),
        ([allow("s3:*"), deny("s3:PutObject", on=f"{BUCKET}/a/*")], put("b"), True),
        ([], put("a/b"), False),
        ([allow("sagemaker:InvokeEndpoint", on=ENDPOINT)], invoke, True),
        ([allow("sagemaker:InvokeEndpoint", on=f"{ENDPOINT}-2")], invoke, False),
        ([allow("sagemaker:DescribeEndpoint", on=ENDPOINT)], invoke, False),
        ([allow(SCALING, **NAMESPACE)], targets("sagemaker"), True),
        ([allow(SCALING, **NAMESPACE)], targets("dynamodb"), False),
    ],
    ids=[
        *(
            "prefix",
            "other key",
            "other bucket",
            "other action",
            "action with a star",
            "denied",
            "beside what is denied",
        ),
        *("no policy", "endpoint", "other endpoint", "other action of the endpoint", "condition", "condition not met"),
    ],
)
def test_a_call_is_judged_by_action_resource_and_condition(
    emulator: Emulator,
    role: Callable[..., Callable[[str], Any]],
    statements: list[Statement],
    call: Call,
    allowed: bool,
) -> None:
    client = role(*statements)
    if allowed:
        call(client)
    else:
        with pytest.raises(ClientError, match=r"(?i)access ?denied"):
            call(client)
    assert emulator.decisions()[-1].allowed is allowed


ROLE = "arn:aws:iam::000000000000:role/passed"
_MODEL = {"ModelName": "dependent", "ExecutionRoleArn": ROLE, "Tags": [{"Key": "key", "Value": "value"}]}
_OF_A_MODEL = ["sagemaker:CreateModel", "sagemaker:AddTags", "iam:PassRole"]


@pytest.mark.parametrize("missing", _OF_A_MODEL)
def test_a_model_takes_permission_to_give_its_tags_and_to_pass_its_role(
    emulator: Emulator, role: Callable[..., Callable[[str], Any]], missing: str
) -> None:
    container: Any = {"Image": "image"}
    some = role(allow(*(action for action in _OF_A_MODEL if action != missing)))("sagemaker")
    with pytest.raises(ClientError, match=f"AccessDenied.*{missing}"):
        some.create_model(**_MODEL, PrimaryContainer=container)
    every = role(allow(*_OF_A_MODEL, "sagemaker:DeleteModel"))("sagemaker")
    every.create_model(**_MODEL, PrimaryContainer=container)
    every.delete_model(ModelName="dependent")


def test_an_endpoint_takes_permission_for_its_configuration_too(
    emulator: Emulator, role: Callable[..., Callable[[str], Any]]
) -> None:
    on_endpoint = role(allow("sagemaker:UpdateEndpoint", on=ENDPOINT))("sagemaker")
    with pytest.raises(ClientError, match=r"AccessDenied.*endpoint-config/judged"):
        on_endpoint.update_endpoint(EndpointName="judged", EndpointConfigName="judged")


def test_a_bucket_that_asks_for_tls_is_reached_as_over_tls(
    emulator: Emulator, role: Callable[..., Callable[[str], Any]]
) -> None:
    client = role(allow("s3:*"))("s3")
    name = f"tls-{uuid.uuid4().hex}"
    emulator.client("s3").create_bucket(Bucket=name)
    statement = deny("s3:*", on=f"arn:aws:s3:::{name}/*") | {
        "Principal": "*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    emulator.client("s3").put_bucket_policy(
        Bucket=name, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    )
    client.put_object(Bucket=name, Key="key", Body=b"")
    statement["Condition"]["Bool"]["aws:SecureTransport"] = "true"
    emulator.client("s3").put_bucket_policy(
        Bucket=name, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    )
    with pytest.raises(ClientError, match=r"(?i)access ?denied"):
        client.put_object(Bucket=name, Key="key", Body=b"")


def test_a_call_of_an_inference_component_is_one_of_the_endpoint_and_of_the_component(
    emulator: Emulator, role: Callable[..., Callable[[str], Any]]
) -> None:
    sagemaker, name = emulator.client("sagemaker"), f"component-{uuid.uuid4().hex[:12]}"
    variant: Any = {"VariantName": "AllTraffic", "InstanceType": "ml.g5.2xlarge", "InitialInstanceCount": 1}
    copies: Any = {"MinMemoryRequiredInMb": 1024, "NumberOfAcceleratorDevicesRequired": 1}
    role_arn = "arn:aws:iam::000000000000:role/stand-in"
    sagemaker.create_endpoint_config(EndpointConfigName=name, ExecutionRoleArn=role_arn, ProductionVariants=[variant])
    sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
    sagemaker.create_inference_component(
        InferenceComponentName=name,
        EndpointName=name,
        VariantName="AllTraffic",
        RuntimeConfig={"CopyCount": 1},
        Specification={"ModelName": "judged", "ComputeResourceRequirements": copies},
    )
    arns = [ENDPOINT.replace("endpoint/judged", f"{kind}/{name}") for kind in ("endpoint", "inference-component")]
    grants = [allow("sagemaker:InvokeEndpoint", on=arn) for arn in arns]

    def call(*statements: Statement) -> object:
        runtime = role(*statements)("sagemaker-runtime")
        return runtime.invoke_endpoint(EndpointName=name, InferenceComponentName=name, Body=b'{"inputs": "Hello"}')

    assert call(*grants)
    for grant in grants:
        with pytest.raises(ClientError, match=r"(?i)access ?denied"):
            call(grant)
