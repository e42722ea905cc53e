"""The emulated CloudFormation refuses what the real one refuses: else a stack created there would prove nothing."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from botocore.exceptions import ClientError

from genai_templates.local import EmulatedStack, EmulatedStackFailed, Emulator
from genai_templates.local.stack_inputs import ARTIFACTS
from tests.lifecycle.stacks import failure_of

_NUMBERS = count(1)
ROLE = {
    "Type": "AWS::IAM::Role",
    "Properties": {
        "AssumeRolePolicyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
            ],
        }
    },
}
FUNCTION: dict[str, Any] = {
    "Type": "AWS::Lambda::Function",
    "Properties": {
        "Code": {"ZipFile": "def handler(event, context): return {'statusCode': 200, 'body': 'hello'}"},
        "Handler": "index.handler",
        "Runtime": "python3.13",
        "Role": {"Fn::GetAtt": ["Role", "Arn"]},
    },
}
QUEUE = {"Type": "AWS::SQS::Queue"}


def script(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def lifecycle(content: object) -> dict[str, Any]:
    properties = {"OnCreate": [{"Content": content}]}
    return {"Type": "AWS::SageMaker::NotebookInstanceLifecycleConfig", "Properties": properties}


def notebook(**properties: Any) -> dict[str, Any]:
    base = {
        "InstanceType": "ml.t3.medium",
        "PlatformIdentifier": "notebook-al2023-v1",
        "RoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
    }
    return {"Type": "AWS::SageMaker::NotebookInstance", "Properties": {**base, **properties}}


@pytest.fixture
def stack_of(emulator: Emulator) -> Callable[..., EmulatedStack]:
    """Make a stack of these resources."""

    def make(**resources: dict[str, Any]) -> EmulatedStack:
        return EmulatedStack(json.dumps({"Resources": resources}), f"small-{next(_NUMBERS)}", emulator=emulator)

    return make


def reason_of(stack: EmulatedStack) -> str:
    """Return why the creation of this stack failed."""
    failure = failure_of(stack.create)
    assert failure.status == "ROLLBACK_COMPLETE"
    return next(event.reason for event in stack.events if event.status == "CREATE_FAILED")


@pytest.mark.parametrize("kind", ["AWS::Bogus::Thing", "AWS::SageMaker::Bogus", "AWS::CloudFormation::Bogus"])
def test_an_unknown_type_is_refused_by_its_name(stack_of: Callable[..., EmulatedStack], kind: str) -> None:
    with pytest.raises(EmulatedStackFailed, match=kind):
        stack_of(Thing={"Type": kind}).create()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ({"Fn::Base64": "#!/bin/bash\n" + "#" * 12_288}, "16384"),
        (script("#!/bin/bash\r\necho\r\n"), "line ends"),
        (script("echo"), "begin with #!"),
        ("not base64!", "base64"),
    ],
)
def test_a_lifecycle_script_that_sagemaker_would_not_run_is_refused(
    stack_of: Callable[..., EmulatedStack], content: object, reason: str
) -> None:
    assert reason in reason_of(stack_of(Script=lifecycle(content)))


@pytest.mark.parametrize(
    ("properties", "reason"),
    [
        ({"PlatformIdentifier": "notebook-al2-v3"}, "notebook-al2023-v1"),
        ({"SubnetId": "subnet-0a1b2c3d"}, "subnet-0a1b2c3d"),
        ({"SecurityGroupIds": ["sg-0a1b2c3d"]}, "sg-0a1b2c3d"),
        ({"LifecycleConfigName": "none"}, "none"),
    ],
)
def test_a_notebook_that_sagemaker_would_not_create_is_refused(
    stack_of: Callable[..., EmulatedStack], properties: dict[str, Any], reason: str
) -> None:
    assert reason in reason_of(stack_of(Role=ROLE, Notebook=notebook(**properties)))


def test_a_notebook_and_its_script_live_as_long_as_their_stack(stack_of: Callable[..., EmulatedStack]) -> None:
    reference = {"Fn::GetAtt": ["Script", "NotebookInstanceLifecycleConfigName"]}
    stack = stack_of(
        Role=ROLE,
        Script=lifecycle(script("#!/bin/bash\necho one")),
        Notebook=notebook(LifecycleConfigName=reference),
    )
    stack.create()
    name, sagemaker = stack.resources["Notebook"], stack.client("sagemaker")
    assert sagemaker.describe_notebook_instance(NotebookInstanceName=name)["InstanceType"] == "ml.t3.medium"
    stack.update(template=str(stack.template).replace("ml.t3.medium", "ml.t3.large"))
    assert sagemaker.describe_notebook_instance(NotebookInstanceName=name)["InstanceType"] == "ml.t3.large"
    stack.delete()
    with pytest.raises(ClientError):
        sagemaker.describe_notebook_instance(NotebookInstanceName=name)


def test_a_bucket_with_objects_stops_the_deletion(stack_of: Callable[..., EmulatedStack]) -> None:
    stack = stack_of(Bucket={"Type": "AWS::S3::Bucket"})
    stack.create()
    bucket = stack.resources["Bucket"]
    stack.client("s3").put_object(Bucket=bucket, Key="left", Body=b"behind")
    assert failure_of(stack.delete).status == "DELETE_FAILED"
    assert any("is not empty" in event.reason for event in stack.events)
    stack.client("s3").delete_object(Bucket=bucket, Key="left")
    stack.delete()


def test_a_bucket_with_old_versions_stops_the_deletion_too(stack_of: Callable[..., EmulatedStack]) -> None:
    versioned = {"VersioningConfiguration": {"Status": "Enabled"}}
    stack = stack_of(Bucket={"Type": "AWS::S3::Bucket", "Properties": versioned})
    stack.create()
    bucket = stack.resources["Bucket"]
    stack.client("s3").put_object(Bucket=bucket, Key="left", Body=b"behind")
    stack.client("s3").delete_object(Bucket=bucket, Key="left")
    assert failure_of(stack.delete).status == "DELETE_FAILED"
    assert any("is not empty" in event.reason for event in stack.events)


def test_code_that_is_not_there_is_refused(stack_of: Callable[..., EmulatedStack]) -> None:
    code = {"S3Bucket": ARTIFACTS, "S3Key": "none.zip"}
    function = {**FUNCTION, "Properties": {**FUNCTION["Properties"], "Code": code}}
    assert "none.zip: NoSuchKey: The specified key does not exist" in reason_of(stack_of(Role=ROLE, Function=function))


@pytest.mark.parametrize(("subnet", "reason"), [("subnet-none", "subnet-none"), ({"Ref": "Subnet"}, "ec2:")])
def test_a_function_joins_no_vpc_that_is_missing_or_that_it_may_not(
    stack_of: Callable[..., EmulatedStack], subnet: object, reason: str
) -> None:
    function = {**FUNCTION, "Properties": {**FUNCTION["Properties"], "VpcConfig": {"SubnetIds": [subnet]}}}
    network = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}}
    part = {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": {"Ref": "Network"}, "CidrBlock": "10.0.0.0/24"}}
    assert reason in reason_of(stack_of(Role=ROLE, Network=network, Subnet=part, Function=function))


def test_a_queue_is_not_read_by_a_role_that_may_not(stack_of: Callable[..., EmulatedStack]) -> None:
    mapping = {"EventSourceArn": {"Fn::GetAtt": ["Queue", "Arn"]}, "FunctionName": {"Ref": "Function"}}
    resource = {"Type": "AWS::Lambda::EventSourceMapping", "Properties": mapping}
    assert "sqs:ReceiveMessage" in reason_of(stack_of(Role=ROLE, Function=FUNCTION, Queue=QUEUE, Mapping=resource))


def test_a_destination_is_not_written_by_a_role_that_may_not(stack_of: Callable[..., EmulatedStack]) -> None:
    properties = {
        "FunctionName": {"Ref": "Function"},
        "Qualifier": "$LATEST",
        "DestinationConfig": {"OnFailure": {"Destination": {"Fn::GetAtt": ["Queue", "Arn"]}}},
    }
    resource = {"Type": "AWS::Lambda::EventInvokeConfig", "Properties": properties}
    assert "sqs:SendMessage" in reason_of(stack_of(Role=ROLE, Function=FUNCTION, Queue=QUEUE, Config=resource))


@pytest.mark.parametrize("expression", ["errors / calls", "errors / requests"])
def test_an_alarm_on_an_expression_knows_its_metrics(stack_of: Callable[..., EmulatedStack], expression: str) -> None:
    def metric(name: str) -> dict[str, Any]:
        stat = {"Metric": {"Namespace": "N", "MetricName": name}, "Period": 60, "Stat": "Sum"}
        return {"Id": name, "MetricStat": stat, "ReturnData": False}

    properties = {
        "ComparisonOperator": "GreaterThanThreshold",
        "EvaluationPeriods": 1,
        "Threshold": 1,
        "Metrics": [metric("errors"), metric("calls"), {"Id": "rate", "Expression": expression}],
    }
    stack = stack_of(Alarm={"Type": "AWS::CloudWatch::Alarm", "Properties": properties})
    if "requests" in expression:
        assert "unknown requests" in reason_of(stack)
    else:
        stack.create()


def test_a_call_that_the_role_does_not_allow_is_refused_and_recorded(stack_of: Callable[..., EmulatedStack]) -> None:
    code = "import boto3\ndef handler(event, context): boto3.client('s3').list_buckets()"
    function = {**FUNCTION, "Properties": {**FUNCTION["Properties"], "Code": {"ZipFile": code}}}
    stack = stack_of(Role=ROLE, Function=function)
    stack.create()
    response = stack.client("lambda").invoke(FunctionName=stack.resources["Function"])
    assert b"AccessDenied" in response["Payload"].read()
    decisions = [each for each in stack.emulator.decisions() if each.role == stack.resources["Role"]]
    assert [(each.action, each.allowed) for each in decisions] == [("s3:ListAllMyBuckets", False)]
