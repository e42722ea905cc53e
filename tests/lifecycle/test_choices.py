"""The stacks with other answers than the defaults: parameters, conditions, functions in the VPC."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from botocore.exceptions import ClientError

from genai_templates import FunctionNetwork, Hosting, ImageStack, TextStack
from tests.lifecycle.deployment import Deployment
from tests.lifecycle.jobs import PROMPT, made


def test_with_an_address_alarms_tell_someone(make_deployment: Callable[..., Deployment]) -> None:
    stack = make_deployment("image", AlarmEmail="operations@example.com")
    assert stack.create() == "CREATE_COMPLETE", stack.events
    topics = [physical for physical in stack.resources.values() if physical.startswith("arn:aws:sns:")]
    assert len(topics) == 1
    alarms = stack.aws.cloudwatch.describe_alarms(AlarmNamePrefix=stack.name)["MetricAlarms"]
    assert alarms
    assert all(alarm["AlarmActions"] == topics for alarm in alarms)


def test_without_an_address_alarms_are_only_shown(image: Deployment) -> None:
    alarms = image.aws.cloudwatch.describe_alarms(AlarmNamePrefix=image.name)["MetricAlarms"]
    assert alarms
    assert all(alarm.get("AlarmActions", []) == [] for alarm in alarms)


def test_access_logs_and_the_accounts_logging_role_are_a_choice(make_deployment: Callable[..., Deployment]) -> None:
    stack = make_deployment("text", AccessLogs="false", SetApiGatewayLoggingRole="false")
    assert stack.create() == "CREATE_COMPLETE", stack.events
    assert not {"LogBucket", "LogBucketPolicy", "ApiGatewayAccount", "ApiGatewayLoggingRole"} & set(stack.resources)
    assert stack.call("GET", "/status").status == 200


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("JobRetries", "3"),
        ("ThrottleRate", "0"),
        ("DeleteImagesWithStack", "perhaps"),
        ("AllowedOrigin", "example.com"),
    ],
)
def test_a_parameter_out_of_range_is_refused_before_anything_is_created(
    make_deployment: Callable[..., Deployment], parameter: str, value: str
) -> None:
    with pytest.raises(ClientError, match=parameter):
        make_deployment("image", **{parameter: value}).create()


def test_another_origin_is_named_in_every_answer(make_deployment: Callable[..., Deployment]) -> None:
    origin = "https://www.example.com"
    stack = make_deployment("text", AllowedOrigin=origin)
    assert stack.create() == "CREATE_COMPLETE"
    answers = [stack.call("GET", "/status"), stack.call("GET", "/nothing"), stack.call("OPTIONS", "/generate")]
    assert [answer.headers["access-control-allow-origin"] for answer in answers] == [origin] * 3


def test_a_stack_may_have_the_longest_name(make_deployment: Callable[..., Deployment]) -> None:
    stack = make_deployment("text")
    stack.name = f"{stack.name}-".ljust(128, "x")
    assert stack.create() == "CREATE_COMPLETE", stack.events
    assert stack.call("GET", "/status").status == 200
    assert stack.delete() == "DELETE_COMPLETE"


@pytest.mark.parametrize("app", ["text", "image"])
def test_functions_in_the_vpc_work_and_go_with_the_stack(make_deployment: Callable[..., Deployment], app: str) -> None:
    builder = {"text": TextStack, "image": ImageStack}[app]
    stack = make_deployment(app)
    stack.parameters |= stack.artifact_keys
    stack.template = builder(hosting=Hosting.EXISTING, function_network=FunctionNetwork.PRIVATE).to_json()
    assert stack.create() == "CREATE_COMPLETE", stack.events
    subnet = stack.resources["PrivateSubnet"]
    name = stack.resources["GenAILambdaFunction" if app == "text" else "EndpointCallFunction"]
    assert stack.aws.lambda_.get_function_configuration(FunctionName=name)["VpcConfig"]["SubnetIds"] == [subnet]
    if app == "text":
        assert stack.call("POST", "/generate", {"prompt": "Hello"}).status == 200
    else:
        assert made(stack, PROMPT)["status"] == "SUCCEEDED"
    assert stack.delete() == "DELETE_COMPLETE", stack.events
