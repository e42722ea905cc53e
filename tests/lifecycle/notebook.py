"""The part of the notebook: its script is read out of the created instance, and played by the tests."""

from __future__ import annotations

import base64
import json
import re
import urllib.request
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from tests.lifecycle.deployment import Aws, Deployment, until


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
