"""The stacks with other answers than the defaults: parameters, conditions, functions in the VPC."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from genai_templates.local import EmulatedStack, EmulatedStackFailed


def test_with_an_address_alarms_tell_someone(make_stack: Callable[..., EmulatedStack]) -> None:
    stack = make_stack("image", AlarmEmail="operations@example.com")
    stack.create()
    topics = [physical for physical in stack.resources.values() if physical.startswith("arn:aws:sns:")]
    assert len(topics) == 1
    alarms = stack.client("cloudwatch").describe_alarms(AlarmNamePrefix=stack.name)["MetricAlarms"]
    assert alarms
    assert all(alarm["AlarmActions"] == topics for alarm in alarms)


def test_without_an_address_alarms_are_only_shown(image: EmulatedStack) -> None:
    alarms = image.client("cloudwatch").describe_alarms(AlarmNamePrefix=image.name)["MetricAlarms"]
    assert alarms
    assert all(alarm.get("AlarmActions", []) == [] for alarm in alarms)


def test_access_logs_and_the_accounts_logging_role_are_a_choice(make_stack: Callable[..., EmulatedStack]) -> None:
    stack = make_stack("text", AccessLogs="false", SetApiGatewayLoggingRole="false")
    stack.create()
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
    make_stack: Callable[..., EmulatedStack], parameter: str, value: str
) -> None:
    with pytest.raises(EmulatedStackFailed, match=parameter):
        make_stack("image", **{parameter: value}).create()


def test_another_origin_is_named_in_every_answer(make_stack: Callable[..., EmulatedStack]) -> None:
    origin = "https://www.example.com"
    stack = make_stack("text", AllowedOrigin=origin)
    stack.create()
    responses = [stack.call("GET", "/status"), stack.call("GET", "/nothing"), stack.call("OPTIONS", "/generate")]
    assert [response.headers["access-control-allow-origin"] for response in responses] == [origin] * 3


def test_a_stack_may_have_the_longest_name(make_stack: Callable[..., EmulatedStack]) -> None:
    stack = make_stack("text")
    stack.name = f"{stack.name}-".ljust(128, "x")
    stack.create()
    assert stack.call("GET", "/status").status == 200
    stack.delete()
