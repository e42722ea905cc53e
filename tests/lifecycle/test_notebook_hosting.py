"""The stack that deploys its own model: it waits for the notebook's script, which is simulated here."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from genai_templates import Hosting
from genai_templates.local import EmulatedStack
from genai_templates.local.chaos import Chaos, FaultEffect, InjectedFault
from tests.lifecycle.notebook import check_and_simulate, endpoint_of, fail_after_deployment, what_is_left_of
from tests.lifecycle.stacks import bucket_exists, failure_of, refused


@pytest.fixture(params=["text", "image"])
def stack(request: pytest.FixtureRequest, make_stack: Callable[..., EmulatedStack]) -> EmulatedStack:
    return make_stack(request.param, Hosting.NOTEBOOK)


def test_a_stack_is_complete_when_its_model_is_and_leaves_nothing_that_bills(stack: EmulatedStack) -> None:
    check_and_simulate(stack)
    stack.create()
    endpoint = endpoint_of(stack)
    assert stack.outputs["EndpointName"] == endpoint
    assert stack.call("GET", "/status").json()["ready"] is True
    sagemaker = stack.client("sagemaker")
    notebook, site = stack.resources["NotebookInstance"], stack.outputs["SiteBucketName"]
    described = sagemaker.describe_notebook_instance(NotebookInstanceName=notebook)
    assert described["NotebookInstanceStatus"] == "InService"
    logs = stack.resources["LogBucket"]

    stack.delete()

    assert what_is_left_of(stack, endpoint) == []
    deleted = [event.logical_id for event in stack.events if event.status == "DELETE_COMPLETE"]
    # A notebook that is still there could deploy the model again.
    assert deleted.index("NotebookInstance") < deleted.index("ModelJanitor")
    described_after = refused(lambda: sagemaker.describe_notebook_instance(NotebookInstanceName=notebook))
    assert described_after in ("RecordNotFound", "ValidationException")
    assert not bucket_exists(stack, site)
    assert bucket_exists(stack, logs)  # CloudFront goes on writing for hours


def test_without_a_quota_the_stack_fails_before_there_is_a_notebook(stack: EmulatedStack) -> None:
    stack.emulator.set_quota("ml.g5.2xlarge", 0)
    try:
        assert failure_of(stack.create).status == "ROLLBACK_COMPLETE"
    finally:
        stack.emulator.set_quota("ml.g5.2xlarge", 1)
    failed = [event for event in stack.events if event.status == "CREATE_FAILED"]
    assert failed[0].logical_id == "ModelJanitor"
    assert "ml.g5.2xlarge for endpoint usage is 0" in failed[0].reason
    assert "NotebookInstance" not in {event.logical_id for event in stack.events}


@pytest.mark.parametrize(
    ("name", "value"),
    [("InstanceType", "ml.g5.4xlarge"), ("StopNotebook", "false"), ("NotebookInstanceType", "ml.t3.large")],
)
def test_a_change_that_would_not_reach_the_model_is_refused(
    make_stack: Callable[..., EmulatedStack], name: str, value: str
) -> None:
    stack = make_stack("text", Hosting.NOTEBOOK)
    stack.create()
    assert failure_of(lambda: stack.update(**{name: value})).status == "UPDATE_ROLLBACK_COMPLETE"
    failed = [event for event in stack.events if event.status == "UPDATE_FAILED"]
    assert failed[0].logical_id == "ModelJanitor"
    assert "an existing stack cannot change" in failed[0].reason
    assert what_is_left_of(stack, endpoint_of(stack)) == ["endpoint", "configuration", "model"]
    stack.update(ModelTimeout="1200")  # what counts at creation alone


def test_a_permission_that_arrives_late_does_not_fail_the_stack(make_stack: Callable[..., EmulatedStack]) -> None:
    stack = make_stack("text")
    with Chaos(stack.emulator) as chaos:
        chaos.function_faults(InjectedFault("s3", "PutObject", FaultEffect.REFUSED, 1, "AccessDenied", 403))
        stack.create()
        assert chaos.calls_met() == [1]
    assert stack.browse("/").status == 200


def test_a_model_that_cannot_be_deployed_rolls_the_stack_back_with_the_reason(stack: EmulatedStack) -> None:
    stack.run_notebook = fail_after_deployment

    assert failure_of(stack.create).status == "ROLLBACK_COMPLETE"

    failed = [event for event in stack.events if event.status == "CREATE_FAILED"]
    assert failed[0].logical_id == "ModelReady"
    assert "the quota for endpoint usage is 0" in failed[0].reason
    assert what_is_left_of(stack, endpoint_of(stack)) == []
