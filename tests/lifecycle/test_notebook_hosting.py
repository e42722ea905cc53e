"""The stack that deploys its own model: it waits for the notebook's script, which these tests play."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from genai_templates import Hosting
from genai_templates.local.protocol import Disruption, Effect
from tests.lifecycle.deployment import Deployment, refused
from tests.lifecycle.notebook import deploy_and_signal, script_of, signal, what_is_left_of


@pytest.fixture(params=["text", "image"])
def stack(
    request: pytest.FixtureRequest, make_deployment: Callable[..., Deployment], with_notebook_artifacts: None
) -> Deployment:
    return make_deployment(request.param, Hosting.NOTEBOOK)


def test_a_stack_is_complete_when_its_model_is_and_leaves_nothing_that_bills(stack: Deployment) -> None:
    stack.start("CREATE")
    endpoint = deploy_and_signal(stack)
    assert stack.finish() == "CREATE_COMPLETE", stack.events
    assert stack.outputs["EndpointName"] == endpoint
    assert stack.call("GET", "/status").json()["ready"] is True
    notebook, site = stack.resources["NotebookInstance"], stack.outputs["SiteBucketName"]
    described = stack.aws.sagemaker.describe_notebook_instance(NotebookInstanceName=notebook)
    assert described["NotebookInstanceStatus"] == "InService"
    logs = stack.resources["LogBucket"]

    assert stack.delete() == "DELETE_COMPLETE", stack.events

    assert what_is_left_of(stack.aws, endpoint) == []
    deleted = [event["LogicalResourceId"] for event in stack.events if event["ResourceStatus"] == "DELETE_COMPLETE"]
    # A notebook that is still there could deploy the model again.
    assert deleted.index("NotebookInstance") < deleted.index("ModelJanitor")
    described_after = refused(lambda: stack.aws.sagemaker.describe_notebook_instance(NotebookInstanceName=notebook))
    assert described_after in ("RecordNotFound", "ValidationException")
    assert not stack.aws.bucket_exists(site)
    assert stack.aws.bucket_exists(logs)  # CloudFront goes on writing for hours


def test_without_a_quota_the_stack_fails_before_there_is_a_notebook(stack: Deployment) -> None:
    stack.aws.emulator.set_quota("ml.g5.2xlarge", 0)
    try:
        assert stack.create() == "ROLLBACK_COMPLETE"
    finally:
        stack.aws.emulator.set_quota("ml.g5.2xlarge", 1)
    failed = [event for event in stack.events if event["ResourceStatus"] == "CREATE_FAILED"]
    assert failed[0]["LogicalResourceId"] == "ModelJanitor"
    assert "ml.g5.2xlarge for endpoint usage is 0" in failed[0]["ResourceStatusReason"]
    assert "NotebookInstance" not in {event["LogicalResourceId"] for event in stack.events}


@pytest.mark.parametrize(
    ("name", "value"),
    [("InstanceType", "ml.g5.4xlarge"), ("StopNotebook", "false"), ("NotebookInstanceType", "ml.t3.large")],
)
def test_a_change_that_would_not_reach_the_model_is_refused(
    make_deployment: Callable[..., Deployment], with_notebook_artifacts: None, name: str, value: str
) -> None:
    stack = make_deployment("text", Hosting.NOTEBOOK)
    stack.start("CREATE")
    endpoint = deploy_and_signal(stack)
    assert stack.finish() == "CREATE_COMPLETE", stack.events
    assert stack.update(**{name: value}) == "UPDATE_ROLLBACK_COMPLETE"
    failed = [event for event in stack.events if event["ResourceStatus"] == "UPDATE_FAILED"]
    assert failed[0]["LogicalResourceId"] == "ModelJanitor"
    assert "an existing stack cannot change" in failed[0]["ResourceStatusReason"]
    assert what_is_left_of(stack.aws, endpoint) == ["endpoint", "configuration", "model"]
    assert stack.update(ModelTimeout="1200") == "UPDATE_COMPLETE", stack.events  # what counts at creation alone


def test_a_permission_that_arrives_late_does_not_fail_the_stack(make_deployment: Callable[..., Deployment]) -> None:
    stack = make_deployment("text")
    emulator = stack.aws.emulator
    emulator.disrupt(Disruption("s3", "PutObject", Effect.REFUSED, times=1, code="AccessDenied", status=403))
    try:
        assert stack.create() == "CREATE_COMPLETE", stack.events
        assert emulator.disrupted() == [1]
    finally:
        emulator.disrupt()
    assert stack.browse("/").status == 200


def test_a_model_that_cannot_be_deployed_rolls_the_stack_back_with_the_reason(stack: Deployment) -> None:
    stack.start("CREATE")
    script = script_of(stack)
    endpoint = f"genai-{stack.stack_id.split('/')[2]}"
    stack.aws.deploy_endpoint(endpoint)  # what was made before the fault
    signal(script, "FAILURE", "ml.g5.2xlarge: the quota for endpoint usage is 0")

    assert stack.finish() == "ROLLBACK_COMPLETE"

    failed = [event for event in stack.events if event["ResourceStatus"] == "CREATE_FAILED"]
    assert failed[0]["LogicalResourceId"] == "ModelReady"
    assert "the quota for endpoint usage is 0" in failed[0]["ResourceStatusReason"]
    assert what_is_left_of(stack.aws, endpoint) == []
