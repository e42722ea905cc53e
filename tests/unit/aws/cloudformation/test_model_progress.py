"""What is seen of the model while a stack waits for it, whoever makes it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from botocore.stub import ANY

from genai_templates.aws.cloudformation.events import StackEvent
from genai_templates.aws.cloudformation.model_progress import read_model_progress
from genai_templates.aws.cloudformation.operation import Operation
from genai_templates.aws.cloudformation.stacks import StackDescription
from tests.unit.aws.stubbed_account import StubbedAccount

_NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
_ARN = "arn:aws:sagemaker:eu-west-1:123456789012:endpoint"
_ENDPOINT = {"EndpointName": "genai-guid", "EndpointArn": f"{_ARN}/genai-guid"}
_TIMES = {"CreationTime": _NOW, "LastModifiedTime": _NOW}


def _event(kind: str, status: str = "CREATE_IN_PROGRESS") -> StackEvent:
    physical = "arn:aws:sagemaker:eu-west-1:123456789012:x/genai-guid"
    return StackEvent(
        event_id=kind, time=_NOW, logical_id=kind, physical_id=physical, kind=f"AWS::{kind}", status=status, reason=""
    )


def _expect_endpoint(account: StubbedAccount, status: str) -> None:
    listed = {"Endpoints": [{**_ENDPOINT, **_TIMES, "EndpointStatus": status}]}
    account.expect("sagemaker", "list_endpoints", listed, NameContains="guid")


def _expect_log(account: StubbedAccount, kind: str, line: str) -> None:
    events = {"events": [{"message": f"{line}\n"}]}
    group = f"/aws/sagemaker/{kind}/genai-guid"
    account.expect("logs", "filter_log_events", events, logGroupName=group, startTime=ANY)


def test_an_endpoint_that_is_taken_back_says_why(account: StubbedAccount) -> None:
    _expect_endpoint(account, "RollingBack")
    described: dict[str, Any] = {**_ENDPOINT, **_TIMES, "EndpointStatus": "RollingBack", "FailureReason": "an alarm"}
    account.expect("sagemaker", "describe_endpoint", described, EndpointName="genai-guid")
    _expect_log(account, "Endpoints", "loading")
    progress = read_model_progress(account, "stack/x/guid", [_event("SageMaker::Endpoint")])
    assert (str(progress), progress.log_lines) == ("endpoint RollingBack: an alarm", ("loading",))


def test_a_component_shows_its_copies_and_its_own_log(account: StubbedAccount) -> None:
    _expect_endpoint(account, "InService")
    described = {
        **_ENDPOINT,
        **_TIMES,
        "InferenceComponentName": "genai-guid",
        "InferenceComponentArn": f"{_ARN}/x",
        "InferenceComponentStatus": "Creating",
        "RuntimeConfig": {"DesiredCopyCount": 1, "CurrentCopyCount": 0},
    }
    account.expect("sagemaker", "describe_inference_component", described, InferenceComponentName="genai-guid")
    _expect_log(account, "Endpoints", "ready")
    _expect_log(account, "InferenceComponents", "crashed")
    events = [_event("SageMaker::Endpoint", "CREATE_COMPLETE"), _event("SageMaker::InferenceComponent")]
    progress = read_model_progress(account, "stack/x/guid", events)
    assert str(progress) == "endpoint InService, component Creating, 0 of 1 copies"
    assert progress.log_lines == ("ready", "crashed")


def test_what_is_refused_is_left_out(account: StubbedAccount) -> None:
    account.refuse("sagemaker", "list_endpoints", "AccessDeniedException")
    assert str(read_model_progress(account, "stack/x/guid", [])) == "endpoint not begun"


def test_a_stack_waits_for_the_model_while_cloudformation_makes_it() -> None:
    stack = StackDescription("x/guid", "x", "CREATE_IN_PROGRESS", "", _NOW, None, "")
    for kind in ("SageMaker::Endpoint", "SageMaker::InferenceComponent", "CloudFormation::WaitCondition"):
        assert Operation(stack, [_event(kind)]).waits_for_model
        assert not Operation(stack, [_event(kind), _event(kind, "CREATE_COMPLETE")]).waits_for_model
