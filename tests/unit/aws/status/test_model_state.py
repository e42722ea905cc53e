"""The model of a stack, whatever its hosting: where it is, and whether it generates, sleeps, or is paused."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest
from botocore.stub import ANY

from genai_templates import ImageStack, TextStack
from genai_templates.aws.cloudformation.stacks import StackDescription
from genai_templates.aws.status.look_up import LookUp
from genai_templates.aws.status.model_state import ModelDescription, describe_model
from genai_templates.aws.status.stack_summary import StackSummary
from genai_templates.cli.status_json import summary_object
from genai_templates.cli.status_text import _cost, _endpoint_rows, _endpoint_status
from genai_templates.options import Hosting
from tests.unit.aws.stubbed_account import StubbedAccount

_NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
_ARN = "arn:aws:sagemaker:eu-west-1:123456789012:x/genai-guid"
_TIMES = {"CreationTime": _NOW, "LastModifiedTime": _NOW}


@cache
def template(app: str, hosting: Hosting) -> dict[str, Any]:
    made = {"text": TextStack, "image": ImageStack}[app](hosting=hosting)
    return dict(json.loads(made.to_json()))


def stack(**parameters: str) -> StackDescription:
    return StackDescription("x/guid", "genai-x", "CREATE_COMPLETE", "", _NOW, None, "", parameters)


def described(account: StubbedAccount, app: str, hosting: Hosting, **parameters: str) -> ModelDescription:
    return describe_model(account, stack(**parameters), template(app, hosting), LookUp())


def rows(model: ModelDescription) -> list[str]:
    summary = StackSummary(stack=stack(), model=model, endpoint_is_own=True, cost=None)
    assert json.dumps(summary_object(summary))
    return [f"{heading}: {text}" for heading, text, _ in _endpoint_rows(summary)]


def expect_endpoint(
    account: StubbedAccount, name: str, *variants: dict[str, Any], configured: Any = ({},), **more: Any
) -> None:
    found = {
        "EndpointName": name,
        "EndpointArn": _ARN,
        "EndpointConfigName": "c",
        "EndpointStatus": "InService",
        "ProductionVariants": [{"VariantName": "AllTraffic", **each} for each in variants],
        **_TIMES,
        **more,
    }
    account.expect("sagemaker", "describe_endpoint", found, EndpointName=name)
    configuration = {
        "EndpointConfigName": "c",
        "EndpointConfigArn": _ARN,
        "CreationTime": _NOW,
        "ProductionVariants": [{"VariantName": "AllTraffic", **each} for each in configured],
    }
    account.expect("sagemaker", "describe_endpoint_config", configuration, EndpointConfigName="c")


def expect_component(account: StubbedAccount, current: int, desired: int, status: str = "InService") -> None:
    found = {
        "InferenceComponentName": "genai-guid-z",
        "InferenceComponentArn": _ARN,
        "EndpointName": "genai-guid-z",
        "EndpointArn": _ARN,
        "InferenceComponentStatus": status,
        "RuntimeConfig": {"CurrentCopyCount": current, "DesiredCopyCount": desired},
        **_TIMES,
    }
    account.expect("sagemaker", "describe_inference_component", found, InferenceComponentName="genai-guid-z")


_ONE_TYPE = ({"InstanceType": "ml.g5.2xlarge"},)


def test_pools_are_shown_with_what_each_has(account: StubbedAccount) -> None:
    pools = [
        {"InstanceType": "ml.g5.2xlarge", "CurrentInstanceCount": 1},
        {"InstanceType": "ml.g5.4xlarge", "CurrentInstanceCount": 2},
    ]
    expect_endpoint(account, "genai-guid-n", {"InstancePools": pools, "CurrentInstanceCount": 3})
    model = described(account, "text", Hosting.NATIVE, MinInstances="1", MaxInstances="4")
    first, scaling = rows(model)
    assert first.startswith("Endpoint: genai-guid-n, 1 x ml.g5.2xlarge and 2 x ml.g5.4xlarge, InService since 20")
    assert scaling == "Scaling: 1 to 4 instances: ready"


@pytest.mark.parametrize(
    ("current", "desired", "status", "state"),
    [
        (0, 0, "InService", "asleep"),
        (0, 1, "Updating", "waking"),
        (1, 1, "InService", "ready"),
        (0, 1, "Failed", "failed"),
    ],
)
def test_the_copies_of_a_component_say_whether_the_model_sleeps(
    account: StubbedAccount, current: int, desired: int, status: str, state: str
) -> None:
    variant = {"CurrentInstanceCount": current, "DesiredInstanceCount": desired}
    expect_endpoint(account, "genai-guid-z", variant, configured=_ONE_TYPE)
    expect_component(account, current, desired, status)
    model = described(account, "text", Hosting.SCALE_TO_ZERO, MaxInstances="2")
    assert model.state == state
    assert f"Component: genai-guid-z, {current} of {desired} copies, {status}" in rows(model)
    assert rows(model)[-1].startswith(f"Scaling: 0 to 2 copies: {state}")


@pytest.mark.parametrize(("current", "desired", "state"), [(0, 0, "asleep"), (0, 1, "waking"), (1, 1, "ready")])
def test_an_asynchronous_endpoint_sleeps_by_its_instances_and_has_a_backlog(
    account: StubbedAccount, current: int, desired: int, state: str
) -> None:
    asynchronous: dict[str, Any] = {"AsyncInferenceConfig": {"OutputConfig": {}}}
    variant = {"CurrentInstanceCount": current, "DesiredInstanceCount": desired}
    expect_endpoint(account, "genai-guid-z", variant, configured=_ONE_TYPE, **asynchronous)
    account.stub("cloudwatch").add_response(
        "get_metric_statistics",
        {"Datapoints": [{"Timestamp": _NOW, "Maximum": 3.0}]},
        dict.fromkeys(("Namespace", "MetricName", "Dimensions", "StartTime", "EndTime", "Period", "Statistics"), ANY),
    )
    model = described(account, "image", Hosting.SCALE_TO_ZERO)
    assert (model.state, model.backlog) == (state, 3)
    assert rows(model)[-1] == "Backlog: 3 requests wait or are at work"


def test_a_paused_endpoint_is_neither_gone_nor_charged_for(account: StubbedAccount) -> None:
    account.refuse("sagemaker", "describe_endpoint", "ValidationException", "Could not find endpoint")
    model = described(account, "text", Hosting.NATIVE, ModelState="PAUSED")
    summary = StackSummary(stack=stack(), model=model, endpoint_is_own=True, cost=None)
    assert (model.state, summary.endpoint_is_gone, _endpoint_status(summary)) == ("paused", False, "paused")
    assert rows(model)[0] == "Endpoint: PAUSED: there is none, and none to be charged for"


def test_a_model_of_bedrock_has_no_endpoint_and_misses_none(account: StubbedAccount) -> None:
    model = described(account, "text", Hosting.BEDROCK, ModelId="amazon.nova-pro-v1:0")
    summary = StackSummary(stack=stack(), model=model, endpoint_is_own=True, cost=None)
    assert (model.model_id, model.state, summary.endpoint_is_gone) == ("amazon.nova-pro-v1:0", "ready", False)
    assert rows(model) == ["Endpoint: none: the model is called by its id on Amazon Bedrock, and charged for by use"]
    assert _cost(summary) == "not known"
