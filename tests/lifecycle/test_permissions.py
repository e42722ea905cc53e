"""Each function may do what it does, and nothing that it never does: decided by the policies of the created roles."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from genai_templates import Hosting
from genai_templates.local import EmulatedStack, PermissionReport
from genai_templates.local.chaos import Chaos, ModelFault
from tests.lifecycle.jobs import PROMPT, made
from tests.lifecycle.notebook import with_janitor
from tests.lifecycle.page import with_another_page
from tests.lifecycle.stacks import artifact_keys, failure_of, scaled_endpoints


def use_text(stack: EmulatedStack) -> None:
    assert stack.call("POST", "/generate", {"prompt": "Hello"}).status == 200
    assert stack.call("GET", "/status").status == 200


def use_image(stack: EmulatedStack) -> None:
    assert made(stack, PROMPT)["status"] == "SUCCEEDED"
    assert stack.call("GET", "/generate").status == 200
    assert stack.call("GET", "/status").status == 200
    for _ in range(2):
        assert stack.call("POST", "/generate", PROMPT, headers={"Idempotency-Key": "the-same"}).status == 202
    with Chaos(stack.emulator) as chaos:
        chaos.model_fault(stack.outputs["EndpointName"], ModelFault.SERVER_ERROR)
        assert made(stack, PROMPT)["status"] == "FAILED"
    stack.client("lambda").delete_function(FunctionName=stack.resources["EndpointCallFunction"])
    assert stack.call("POST", "/generate", PROMPT).status == 503  # the job is marked as failed at once


def change_model(stack: EmulatedStack) -> None:
    """Change all of the model that an update may change, and something that it may not."""
    stack.update(with_janitor(stack, Environment={"MORE": "1"}), InstanceType="ml.g5.4xlarge")
    assert failure_of(lambda: stack.update(StopNotebook="false")).status == "UPDATE_ROLLBACK_COMPLETE"


def scale_endpoint(stack: EmulatedStack) -> None:
    """Have Application Auto Scaling change the endpoint's number of instances, as its owner may."""
    stack.client("application-autoscaling").register_scalable_target(
        ServiceNamespace="sagemaker",
        ResourceId=f"endpoint/{stack.outputs['EndpointName']}/variant/AllTraffic",
        ScalableDimension="sagemaker:variant:DesiredInstanceCount",
        MinCapacity=1,
        MaxCapacity=2,
    )


_USES: dict[str, Callable[[EmulatedStack], None]] = {"text": use_text, "image": use_image}


@pytest.fixture(scope="module", params=sorted(_USES))
def report(request: pytest.FixtureRequest, make_stack: Callable[..., EmulatedStack]) -> PermissionReport:
    """What the functions of a stack did from its creation to its deletion, in success and failure."""
    stack = make_stack(request.param, Hosting.NOTEBOOK)
    if request.param == "image":
        stack.parameters |= {"DeleteImagesWithStack": "true", "JobRetries": "0"}
    stack.create()
    # So short a time that the janitor has to go on in another invocation.
    stack.client("lambda").update_function_configuration(
        FunctionName=stack.resources["ModelJanitorFunction"], Timeout=20
    )
    change_model(stack)
    scale_endpoint(stack)
    functions = {name for name in stack.resources if name.endswith("Function")}
    page = with_another_page(stack.emulator, artifact_keys(stack)["CustomResourcesS3Key"])
    stack.update(CustomResourcesS3Key=page)
    stack.update(AllowedOrigin="https://www.example.com")
    _USES[request.param](stack)
    endpoint = stack.outputs["EndpointName"]
    stack.delete()
    assert endpoint not in scaled_endpoints(stack)
    report = stack.permissions()
    assert {call.function for call in report.calls} == functions
    return report


def test_no_call_was_refused(report: PermissionReport) -> None:
    assert report.refused == ()


def test_no_permission_is_there_that_nothing_uses(report: PermissionReport) -> None:
    assert report.unused == {}, report.lines()
