"""Each function may do what it does, and nothing that it never does: decided by the policies of the created roles."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from genai_templates import Hosting
from genai_templates.local.permission_report import Grants, PermissionReport, make_report, read_grants
from genai_templates.local.protocol import ModelFault
from tests.lifecycle.deployment import Deployment
from tests.lifecycle.jobs import PROMPT, made
from tests.lifecycle.notebook import deploy_and_signal
from tests.lifecycle.page import with_another_page


def grants_of(stack: Deployment) -> dict[str, Grants]:
    """Return what the roles of the stack's functions allow, by the role's name."""
    functions = {name: physical_id for name, physical_id in stack.resources.items() if name.endswith("Function")}
    return read_grants(functions, stack.aws.lambda_, stack.aws.iam)


def use_text(stack: Deployment) -> None:
    assert stack.call("POST", "/generate", {"prompt": "Hello"}).status == 200
    assert stack.call("GET", "/status").status == 200


def use_image(stack: Deployment) -> None:
    emulator, endpoint = stack.aws.emulator, stack.outputs["EndpointName"]
    assert made(stack, PROMPT)["status"] == "SUCCEEDED"
    assert stack.call("GET", "/generate").status == 200
    assert stack.call("GET", "/status").status == 200
    for _ in range(2):
        assert stack.call("POST", "/generate", PROMPT, Idempotency_Key="the-same").status == 202
    emulator.play_fault(endpoint, ModelFault.SERVER_ERROR, 100)
    assert made(stack, PROMPT)["status"] == "FAILED"
    stack.aws.lambda_.delete_function(FunctionName=stack.resources["EndpointCallFunction"])
    assert stack.call("POST", "/generate", PROMPT).status == 503  # the job is marked as failed at once


_USES: dict[str, Callable[[Deployment], None]] = {"text": use_text, "image": use_image}


@pytest.fixture(scope="module", params=sorted(_USES))
def report(
    request: pytest.FixtureRequest, make_deployment: Callable[..., Deployment], with_notebook_artifacts: None
) -> PermissionReport:
    """What the functions of a stack did from its creation to its deletion, in success and failure."""
    stack = make_deployment(request.param, Hosting.NOTEBOOK)
    if request.param == "image":
        stack.parameters |= {"DeleteImagesWithStack": "true", "JobRetries": "0"}
    stack.start("CREATE")
    stack.aws.scale_endpoint(deploy_and_signal(stack))
    assert stack.finish() == "CREATE_COMPLETE", stack.events
    grants = grants_of(stack)
    _USES[request.param](stack)
    page = with_another_page(stack.aws, stack.artifact_keys["CustomResourcesS3Key"])
    assert stack.update(CustomResourcesS3Key=page) == "UPDATE_COMPLETE"
    assert stack.update(AllowedOrigin="https://www.example.com") == "UPDATE_COMPLETE"
    # So short a time that the janitor has to go on in another invocation.
    stack.aws.lambda_.update_function_configuration(FunctionName=stack.resources["ModelJanitorFunction"], Timeout=20)
    assert stack.delete() == "DELETE_COMPLETE", stack.events
    assert stack.aws.autoscaling.describe_scalable_targets(ServiceNamespace="sagemaker")["ScalableTargets"] == []
    report = make_report(grants, stack.aws.emulator.decisions())
    assert {call.function for call in report.calls} == {each.function for each in grants.values()}
    return report


def test_no_call_was_refused(report: PermissionReport) -> None:
    assert report.refused == ()


def test_no_permission_is_there_that_nothing_uses(report: PermissionReport) -> None:
    assert report.unused == {}, report.lines()
