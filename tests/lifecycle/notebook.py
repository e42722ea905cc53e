"""What the notebook's script does in these tests, in the place of the emulator's own simulation."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from genai_templates.local import EmulatedStack
from genai_templates.local.notebook import NotebookScript, deploy_endpoint, simulate_notebook


def endpoint_of(stack: EmulatedStack) -> str:
    """Return the name that the stack's own endpoint gets."""
    return f"genai-{stack.stack_id.split('/')[2]}"


def check_and_simulate(stack: EmulatedStack) -> None:
    """Have the script that the stack gives to its notebook checked against the stack, before it is simulated."""

    def run(sagemaker: Any, script: NotebookScript) -> None:
        role = stack.client("iam").get_role(RoleName=stack.resources["EndpointRole"])["Role"]["Arn"]
        assert script.settings["endpoint_name"] == endpoint_of(stack)
        assert script.settings["role_arn"] == role
        urls = re.findall(r"http://[\w.:]+/_ministack/cfn-signal/[\w-]+", script.text)
        assert set(urls) == {script.settings["wait_url"]}
        simulate_notebook(sagemaker, script)

    stack.run_notebook = run


def fail_after_deployment(sagemaker: Any, script: NotebookScript) -> None:
    """Deploy an endpoint, and say that it failed."""
    deploy_endpoint(sagemaker, script.settings["endpoint_name"])
    script.signal("FAILURE", "ml.g5.2xlarge: the quota for endpoint usage is 0")


def what_is_left_of(stack: EmulatedStack, endpoint: str) -> list[str]:
    """Return which of endpoint, configuration and model of this name exist."""
    sagemaker = stack.client("sagemaker")
    calls: dict[str, Callable[[], Any]] = {
        "endpoint": lambda: sagemaker.describe_endpoint(EndpointName=endpoint),
        "configuration": lambda: sagemaker.describe_endpoint_config(EndpointConfigName=endpoint),
        "model": lambda: sagemaker.describe_model(ModelName=endpoint),
    }
    left = []
    for name, call in calls.items():
        try:
            call()
        except ClientError:
            continue
        left.append(name)
    return left
