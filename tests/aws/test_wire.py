"""The wire itself, with real clients of boto3 at its end: what passes, what is refused, what is lost."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from tests.aws.account import EmulatedAccount
from tests.aws.operations import Call, read_call
from tests.aws.wire import Wire

# An operation of each protocol that these services have: query, json 1.1, json 1.0, rest-json, rest-xml, S3, EC2.
CALLS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "query": ("cloudformation", "ListStacks", {}),
    "query-iam": ("iam", "ListRoles", {}),
    "query-sts": ("sts", "GetCallerIdentity", {}),
    "json": ("logs", "DescribeLogGroups", {}),
    "json-1.0": ("dynamodb", "ListTables", {}),
    "json-sagemaker": ("sagemaker", "ListEndpoints", {}),
    "json-quotas": ("service-quotas", "ListServiceQuotas", {"ServiceCode": "sagemaker"}),
    "json-tagging": ("resourcegroupstaggingapi", "GetResources", {}),
    "rest-json": ("lambda", "ListFunctions", {}),
    "rest-json-api": ("apigateway", "GetRestApis", {}),
    "rest-xml": ("cloudfront", "ListDistributions", {}),
    "s3": ("s3", "ListBuckets", {}),
    "json-or-query": ("cloudwatch", "DescribeAlarms", {}),
    "ec2": ("ec2", "DescribeVpcs", {}),
}
ONCE = Config(retries={"total_max_attempts": 1})


def called(service: str, operation: str, parameters: dict[str, Any], config: Config = ONCE) -> Any:
    """Make a call as the command does, with the environment's settings."""
    return boto3.client(service, config=config)._make_api_call(operation, parameters)  # type: ignore[call-overload]


@pytest.mark.parametrize("name", CALLS)
def test_a_call_is_recognised_and_passes(account: EmulatedAccount, name: str) -> None:
    service, operation, parameters = CALLS[name]
    called(service, operation, parameters)
    assert account.wire.names() == [f"{service}:{operation}"]
    assert account.wire.calls[0].status == 200


@pytest.mark.parametrize("name", CALLS)
def test_a_refusal_has_code_message_and_status(wire: Wire, name: str) -> None:
    service, operation, parameters = CALLS[name]
    wire.fail(service, operation, code="AccessDenied", message="not <you> & me", status=403, times=1)
    with pytest.raises(ClientError) as refused:
        called(service, operation, parameters)
    assert refused.value.response["Error"]["Code"] == "AccessDenied"
    assert refused.value.response["Error"]["Message"] == "not <you> & me"
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    called(service, operation, parameters)  # once was enough


@pytest.mark.parametrize("name", CALLS)
def test_a_dropped_call_is_a_lost_connection(wire: Wire, name: str) -> None:
    service, operation, parameters = CALLS[name]
    wire.drop(service, operation)
    with pytest.raises(BotoCoreError, match="Connection was closed"):
        called(service, operation, parameters)
    assert wire.calls[0].status == 0


RESULTS: dict[str, tuple[str, str, dict[str, Any], dict[str, Any]]] = {
    "query": (
        "cloudformation",
        "DescribeType",
        {"Type": "RESOURCE", "TypeName": "Ours::Own::Type"},
        {"TypeName": "Ours::Own::Type"},
    ),
    "json": ("sagemaker", "ListHubContents", {"HubName": "h", "HubContentType": "Model"}, {"NextToken": "more"}),
    "rest-json": ("lambda", "GetAccountSettings", {}, {"AccountLimit": {"ConcurrentExecutions": 10}}),
    "rest-json-api": ("apigateway", "GetAccount", {}, {"cloudwatchRoleArn": "arn:aws:iam::1:role/logs"}),
    "rest-xml": ("cloudfront", "ListDistributions", {}, {"DistributionList": {"Quantity": 0, "IsTruncated": False}}),
    "s3": ("s3", "GetBucketLocation", {"Bucket": "theirs"}, {"LocationConstraint": "eu-west-1"}),
    "json-or-query": (
        "cloudwatch",
        "DescribeAlarms",
        {},
        {"MetricAlarms": [{"AlarmName": "n" * 300, "Threshold": 0.5, "EvaluationPeriods": 70_000}]},
    ),
    "time": (
        "sagemaker",
        "DescribeEndpoint",
        {"EndpointName": "e"},
        {"EndpointStatus": "InService", "CreationTime": datetime(2026, 11, 2, tzinfo=UTC)},
    ),
    "pricing": ("pricing", "GetProducts", {"ServiceCode": "AmazonSageMaker"}, {"PriceList": ['{"a": 1}']}),
}


@pytest.mark.parametrize("name", RESULTS)
def test_a_result_comes_as_the_services_model_has_it(wire: Wire, name: str) -> None:
    service, operation, parameters, result = RESULTS[name]
    wire.respond(service, operation, result)
    got = called(service, operation, parameters)
    assert {key: got[key] for key in result} == result


def test_results_can_depend_on_the_call(wire: Wire) -> None:
    pages: dict[str | None, dict[str, Any]] = {
        None: {"StackEvents": [_event("2"), _event("1")], "NextToken": "older"},
        "older": {"StackEvents": [_event("0")]},
    }
    wire.respond("cloudformation", "DescribeStackEvents", lambda call: pages[call.parameters.get("NextToken")])
    paginator = boto3.client("cloudformation").get_paginator("describe_stack_events")
    found = [each["EventId"] for page in paginator.paginate(StackName="text") for each in page["StackEvents"]]
    assert found == ["2", "1", "0"]


def _event(event_id: str) -> dict[str, Any]:
    return {"EventId": event_id, "StackId": "s", "StackName": "text", "Timestamp": datetime(2026, 1, 1, tzinfo=UTC)}


def test_a_rule_may_wait_and_may_choose(wire: Wire) -> None:
    def of_bucket(name: str) -> Callable[[Call], bool]:
        return lambda call: call.parameters["Bucket"] == name

    wire.fail("s3", "HeadBucket", code="403", status=403, after=1, times=1, when=of_bucket("theirs"))
    statuses = []
    for bucket in ("theirs", "ours", "theirs", "theirs"):
        with pytest.raises(ClientError) as refused:
            called("s3", "HeadBucket", {"Bucket": bucket})
        statuses.append(refused.value.response["Error"]["Code"])
    assert statuses == ["404", "404", "403", "404"]


def test_objects_pass_unchanged(account: EmulatedAccount, wire: Wire) -> None:
    client = boto3.client("s3")
    content = bytes(range(256)) * 40_000
    client.create_bucket(Bucket="own")
    client.put_object(Bucket="own", Key="a folder/key+1", Body=content)
    assert client.get_object(Bucket="own", Key="a folder/key+1")["Body"].read() == content
    assert account.client("s3").get_object(Bucket="own", Key="a folder/key+1")["Body"].read() == content
    assert client.head_object(Bucket="own", Key="a folder/key+1")["ContentLength"] == len(content)
    client.put_bucket_versioning(Bucket="own", VersioningConfiguration={"Status": "Enabled"})
    assert wire.names("s3") == [
        "s3:CreateBucket",
        "s3:PutObject",
        "s3:GetObject",
        "s3:HeadObject",
        "s3:PutBucketVersioning",
    ]
    assert wire.calls[1].parameters["Key"] == "a folder/key+1"


def test_a_lost_response_is_of_work_that_was_done(account: EmulatedAccount, wire: Wire) -> None:
    wire.lose("s3", "CreateBucket", times=1)
    with pytest.raises(BotoCoreError):
        called("s3", "CreateBucket", {"Bucket": "own"})
    assert [each["Name"] for each in account.client("s3").list_buckets()["Buckets"]] == ["own"]


@pytest.mark.parametrize("is_done", [False, True])
def test_a_test_can_act_while_a_call_is_on_its_way(account: EmulatedAccount, wire: Wire, is_done: bool) -> None:
    hold = wire.hold_response if is_done else wire.hold
    with hold("s3", "CreateBucket") as held:
        calling = threading.Thread(target=called, args=("s3", "CreateBucket", {"Bucket": "own"}))
        calling.start()
        held.wait()
        assert len(account.client("s3").list_buckets()["Buckets"]) == int(is_done)
    calling.join()
    assert len(account.client("s3").list_buckets()["Buckets"]) == 1


def test_a_function_can_watch(wire: Wire) -> None:
    seen: list[str] = []
    wire.on("*", "*", lambda call: seen.append(call.name))
    called("sts", "GetCallerIdentity", {})
    assert seen == ["sts:GetCallerIdentity"]


def test_the_rule_added_last_goes_first(wire: Wire) -> None:
    wire.fail("sts", "*", code="ExpiredToken", status=403)
    wire.fail("*", "*", code="Throttling", times=1)
    codes = []
    for _ in range(2):
        with pytest.raises(ClientError) as refused:
            called("sts", "GetCallerIdentity", {})
        codes.append(refused.value.response["Error"]["Code"])
    assert codes == ["Throttling", "ExpiredToken"]


def test_botocore_tries_again_what_is_throttled(wire: Wire) -> None:
    wire.fail("cloudformation", "DescribeStacks", code="Throttling", message="Rate exceeded", times=1)
    called("cloudformation", "DescribeStacks", {}, Config(retries={"mode": "standard"}))
    assert wire.names() == ["cloudformation:DescribeStacks"] * 2


# What an S3 request calls is told by its query and headers.
S3_CALLS = {
    "PutObject": ("PUT", "/b/k", {}),
    "CopyObject": ("PUT", "/b/k", {"x-amz-copy-source": "b/j"}),
    "UploadPart": ("PUT", "/b/k?partNumber=1&uploadId=u", {}),
    "ListParts": ("GET", "/b/k?uploadId=u", {}),
    "ListObjectsV2": ("GET", "/b?list-type=2&prefix=p", {}),
    "ListObjects": ("GET", "/b/?prefix=p", {}),
    "ListObjectVersions": ("GET", "/b?versions", {}),
    "DeleteObjects": ("POST", "/b?delete", {}),
    "AbortMultipartUpload": ("DELETE", "/b/k?uploadId=u", {}),
    "PutBucketLifecycleConfiguration": ("PUT", "/b?lifecycle", {}),
    "GetBucketNotificationConfiguration": ("GET", "/b?notification", {}),
}


@pytest.mark.parametrize("operation", S3_CALLS)
def test_calls_of_s3_are_told_apart(operation: str) -> None:
    method, path, headers = S3_CALLS[operation]
    signed = {"authorization": "AWS4-HMAC-SHA256 Credential=AKID/20261101/us-east-1/s3/aws4_request, Signature=0"}
    assert read_call(method, path, signed | headers, b"").operation == operation


def test_a_request_that_nobody_signed_has_no_names() -> None:
    assert read_call("GET", "/b/k", {}, b"").name == ":"


def test_a_mistake_in_a_tests_function_fails_the_test(account: EmulatedAccount) -> None:
    def play() -> None:
        with Wire("127.0.0.1", account.emulator.port) as own:
            own.on("*", "*", lambda call: 1 // 0)
            with pytest.raises(BotoCoreError):
                boto3.client("sts", endpoint_url=own.url, config=ONCE).get_caller_identity()

    with pytest.raises(ZeroDivisionError):
        play()
