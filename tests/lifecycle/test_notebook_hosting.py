"""The stack that deploys its own model: it waits for the notebook's script, which these tests play."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from genai_templates import Hosting
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
