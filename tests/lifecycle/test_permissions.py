"""Each function may do what it does, and nothing that it never does: decided by the policies of the created roles."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from genai_templates import Hosting
from genai_templates.local.protocol import Decision, ModelFault
from tests.lifecycle.deployment import Deployment
from tests.lifecycle.jobs import PROMPT, made
from tests.lifecycle.notebook import deploy_and_signal
from tests.lifecycle.page import with_another_page

# What Lambda itself does in the name of a function, and the emulator does without asking.
_BY_LAMBDA = {"logs:CreateLogStream", "logs:PutLogEvents", "xray:PutTraceSegments", "xray:PutTelemetryRecords"}


def grants_of(stack: Deployment) -> dict[str, set[str]]:
    """Return the actions that each function's role allows, by the role's name."""
    iam, functions = stack.aws.iam, stack.aws.lambda_
    grants: dict[str, set[str]] = {}
    for logical_id, physical_id in stack.resources.items():
        if logical_id.endswith("Function"):
            role = functions.get_function_configuration(FunctionName=physical_id)["Role"].rsplit("/", 1)[-1]
            grants[role] = set()
            for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
                document: Any = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
                grants[role] |= {action for each in document["Statement"] for action in each["Action"]}
    return grants


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
def life(
    request: pytest.FixtureRequest, make_deployment: Callable[..., Deployment], with_notebook_artifacts: None
) -> tuple[dict[str, set[str]], list[Decision]]:
    """The grants of a stack's functions, and every decision about them from its creation to its deletion."""
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
    assert stack.delete() == "DELETE_COMPLETE", stack.events
    assert stack.aws.autoscaling.describe_scalable_targets(ServiceNamespace="sagemaker")["ScalableTargets"] == []
    return grants, [decision for decision in stack.aws.emulator.decisions() if decision.role in grants]


Life = tuple[dict[str, set[str]], list[Decision]]


def test_no_call_was_refused(life: Life) -> None:
    _, decisions = life
    assert decisions
    assert [decision for decision in decisions if not decision.allowed] == []


def test_every_function_made_use_of_its_role(life: Life) -> None:
    grants, decisions = life
    assert {decision.role for decision in decisions} == set(grants)


def test_no_permission_is_there_that_nothing_uses(life: Life) -> None:
    grants, decisions = life
    used: dict[str, set[str]] = {role: set() for role in grants}
    for decision in decisions:
        used[decision.role].add(decision.action)
    unused = {role: actions - used[role] - _BY_LAMBDA for role, actions in grants.items()}
    assert {role: actions for role, actions in unused.items() if actions} == {}
