"""The stack that deploys its own model: it waits for the notebook's script, which is simulated here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from genai_templates import Hosting
from genai_templates.local import EmulatedStack
from genai_templates.local.chaos import Chaos, FaultEffect, InjectedFault
from tests.lifecycle.notebook import (
    check_and_simulate,
    endpoint_of,
    fail_after_deployment,
    running,
    what_is_left_of,
    with_janitor,
)
from tests.lifecycle.stacks import bucket_exists, failure_of, refused
from tests.waiting import until


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


@pytest.fixture(scope="module")
def changed(make_stack: Callable[..., EmulatedStack]) -> Iterator[EmulatedStack]:
    """A stack that each of these tests changes, which is deleted in the end with all that the changes made."""
    stack = make_stack("text", Hosting.NOTEBOOK)
    stack.create()
    yield stack
    endpoint = endpoint_of(stack)
    stack.delete()
    assert what_is_left_of(stack, endpoint) == []


def test_another_instance_type_reaches_the_endpoint_which_serves_meanwhile(changed: EmulatedStack) -> None:
    emulator = changed.emulator
    emulator.set_update_time(4)
    with ThreadPoolExecutor(1) as threads:
        update = threads.submit(changed.update, InstanceType="ml.g5.4xlarge")
        until(lambda: (changed.call("GET", "/status").json()["endpoint_status"] == "Updating") or None)
        assert changed.call("POST", "/generate", {"prompt": "Hello"}).status == 200
        assert running(changed)[0] == "ml.g5.2xlarge"
        update.result()
    emulator.set_update_time(0.5)
    assert running(changed)[0] == "ml.g5.4xlarge"
    assert changed.call("POST", "/generate", {"prompt": "Hello"}).status == 200
    assert what_is_left_of(changed, endpoint_of(changed)) == ["endpoint", "configuration-2", "model"]


def test_an_update_that_finds_no_instances_is_rolled_back_with_the_reason(changed: EmulatedStack) -> None:
    before = running(changed)
    changed.emulator.set_capacity("ml.g5.8xlarge", False)
    assert failure_of(lambda: changed.update(InstanceType="ml.g5.8xlarge")).status == "UPDATE_ROLLBACK_COMPLETE"
    changed.emulator.set_capacity("ml.g5.8xlarge", True)
    assert "AWS has no ml.g5.8xlarge to spare here now" in _reason_of_the_janitor(changed)
    assert running(changed) == before
    assert changed.call("POST", "/generate", {"prompt": "Hello"}).status == 200
    assert len(what_is_left_of(changed, endpoint_of(changed))) == 3


def test_a_quota_of_none_refuses_another_instance_type(changed: EmulatedStack) -> None:
    changed.emulator.set_quota("ml.g5.16xlarge", 0)
    assert failure_of(lambda: changed.update(InstanceType="ml.g5.16xlarge")).status == "UPDATE_ROLLBACK_COMPLETE"
    changed.emulator.set_quota("ml.g5.16xlarge", 1)
    assert "ml.g5.16xlarge for endpoint usage is 0" in _reason_of_the_janitor(changed)


def test_another_environment_of_the_template_reaches_the_model(changed: EmulatedStack) -> None:
    before = running(changed)
    changed.update(with_janitor(changed, Environment={"MAX_INPUT_LENGTH": "2048"}))
    assert running(changed) == (before[0], {**before[1], "MAX_INPUT_LENGTH": "2048"})
    changed.update(with_janitor(changed, Environment={}))
    assert running(changed) == before


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"StopNotebook": "false"}, "an existing stack cannot change StopNotebook from true to false"),
        ({"ModelVersion": "9.9.9"}, "an existing stack cannot change ModelVersion from "),
    ],
)
def test_a_change_that_cannot_reach_the_model_is_refused(
    changed: EmulatedStack, change: dict[str, str], words: str
) -> None:
    template = with_janitor(changed, **change)
    assert failure_of(lambda: changed.update(template)).status == "UPDATE_ROLLBACK_COMPLETE"
    assert words in _reason_of_the_janitor(changed)


def test_what_is_not_about_the_endpoint_changes_without_it(changed: EmulatedStack) -> None:
    before = running(changed)
    changed.update(NotebookInstanceType="ml.t3.large", ModelTimeout="1200")
    notebook = changed.client("sagemaker").describe_notebook_instance(
        NotebookInstanceName=changed.resources["NotebookInstance"]
    )
    assert notebook["InstanceType"] == "ml.t3.large"
    assert running(changed) == before


def _reason_of_the_janitor(stack: EmulatedStack) -> str:
    failed = [event for event in stack.events if event.status == "UPDATE_FAILED"]
    assert failed[-1].logical_id == "ModelJanitor"
    return failed[-1].reason


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
