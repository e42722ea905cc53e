"""The stack that deploys its own model: it waits for the notebook's script, which these tests play."""

from __future__ import annotations

import base64
import json
import re
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from genai_templates import Hosting
from tests.lifecycle.deployment import Aws, Deployment, refused, until


def script_of(stack: Deployment) -> str:
    """Return the OnCreate script of the stack's notebook, once the notebook is there."""
    aws = stack.aws.sagemaker

    def started() -> str | None:
        resources = stack.resources
        name = resources.get("NotebookInstance", "")
        if not name or "ModelReady" not in waiting(stack):
            return None
        lifecycle = resources["NotebookLifecycle"]
        described = aws.describe_notebook_instance_lifecycle_config(NotebookInstanceLifecycleConfigName=lifecycle)
        return base64.b64decode(described["OnCreate"][0]["Content"]).decode()

    return until(started)


def waiting(stack: Deployment) -> set[str]:
    return {event["LogicalResourceId"] for event in stack.events if event["ResourceStatus"] == "CREATE_IN_PROGRESS"}


def signal(script: str, status: str, reason: str) -> None:
    """Tell the stack how it went, under the URL that the script holds."""
    url = re.findall(r"http://[\w.:]+/_ministack/cfn-signal/[\w-]+", script)
    assert len(set(url)) == 1, "the script holds one URL to signal to"
    body = {"Status": status, "Reason": reason, "UniqueId": "deployment", "Data": "played"}
    request = urllib.request.Request(url[0], json.dumps(body).encode(), {"Content-Type": ""}, method="PUT")
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request) as response:
        assert response.status == 200


def deploy_and_signal(stack: Deployment) -> str:
    """Play the script of a deployment that works; return the endpoint's name."""
    script = script_of(stack)
    endpoint = f"genai-{stack.stack_id.split('/')[2]}"
    assert endpoint in script
    role = stack.aws.iam.get_role(RoleName=stack.resources["EndpointRole"])["Role"]["Arn"]
    assert role in script
    stack.aws.deploy_endpoint(endpoint, role=role)
    signal(script, "SUCCESS", "in service")
    return endpoint


def what_is_left_of(aws: Aws, endpoint: str) -> list[str]:
    """Return which of endpoint, configuration and model of this name exist."""
    calls: dict[str, Callable[[], Any]] = {
        "endpoint": lambda: aws.sagemaker.describe_endpoint(EndpointName=endpoint),
        "configuration": lambda: aws.sagemaker.describe_endpoint_config(EndpointConfigName=endpoint),
        "model": lambda: aws.sagemaker.describe_model(ModelName=endpoint),
    }
    left = []
    for name, call in calls.items():
        try:
            call()
        except ClientError:
            continue
        left.append(name)
    return left


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
