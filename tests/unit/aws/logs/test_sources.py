"""Where the logs of a stack are, by what it has."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from genai_templates.aws.cloudformation.stacks import StackDescription
from genai_templates.aws.logs.sources import LogSource, find_sources
from tests.unit.aws.stubbed_account import StubbedAccount

_NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
_FUNCTION = {"CompleteJobFunction": ("AWS::Lambda::Function", "genai-image-CompleteJobFunction-1")}
_OF_FUNCTION = LogSource("CompleteJob", "/aws/lambda/genai-image-CompleteJobFunction-1")


def sources(account: StubbedAccount, resources: dict[str, tuple[str, str]], **outputs: str) -> list[LogSource]:
    stack = StackDescription("x/guid", "genai-x", "CREATE_COMPLETE", "", _NOW, None, "", outputs=outputs)
    found: list[dict[str, Any]] = [
        {
            "LogicalResourceId": name,
            "PhysicalResourceId": physical,
            "ResourceType": kind,
            "ResourceStatus": "CREATE_COMPLETE",
            "LastUpdatedTimestamp": _NOW,
        }
        for name, (kind, physical) in resources.items()
    ]
    response = {"StackResourceSummaries": found}
    account.expect("cloudformation", "list_stack_resources", response, StackName=stack.stack_id)
    return find_sources(account, stack)


def test_a_component_has_a_log_of_its_own_beside_its_endpoints(account: StubbedAccount) -> None:
    arn = "arn:aws:sagemaker:eu-west-1:123456789012:inference-component/genai-guid"
    assert sources(account, {"InferenceComponent": ("AWS::SageMaker::InferenceComponent", arn)}) == [
        LogSource("Component", "/aws/sagemaker/InferenceComponents/genai-guid"),
        LogSource("Endpoint", "/aws/sagemaker/Endpoints/genai-guid"),
    ]


def test_a_stack_without_an_endpoint_has_the_logs_of_its_functions_alone(account: StubbedAccount) -> None:
    assert sources(account, _FUNCTION, ModelId="amazon.nova-pro-v1:0") == [_OF_FUNCTION]
