"""What the notebook's script does in these tests, in the place of the emulator's own simulation."""

from __future__ import annotations

import json
import re
from typing import Any

from genai_templates.local import EmulatedStack
from genai_templates.local.notebook import NotebookScript, deploy_endpoint, simulate_notebook
from genai_templates.local.stack_inputs import read_template


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
    """Return the endpoint of this name, and the configurations and models of its names, that exist."""
    sagemaker = stack.client("sagemaker")
    lists = {
        "endpoint": (sagemaker.list_endpoints, "Endpoints", "EndpointName"),
        "configuration": (sagemaker.list_endpoint_configs, "EndpointConfigs", "EndpointConfigName"),
        "model": (sagemaker.list_models, "Models", "ModelName"),
    }
    return [
        f"{kind}{each[name].removeprefix(endpoint)}"
        for kind, (list_all, items, name) in lists.items()
        for each in list_all()[items]
        if each[name].startswith(endpoint)
    ]


def running(stack: EmulatedStack) -> tuple[str, dict[str, str]]:
    """Return the instance type of the stack's endpoint, and the environment of its model."""
    sagemaker = stack.client("sagemaker")
    endpoint = sagemaker.describe_endpoint(EndpointName=endpoint_of(stack))
    configuration = sagemaker.describe_endpoint_config(EndpointConfigName=endpoint["EndpointConfigName"])
    variant = configuration["ProductionVariants"][0]
    container = sagemaker.describe_model(ModelName=variant["ModelName"])["PrimaryContainer"]
    return variant["InstanceType"], container.get("Environment", {})


def with_janitor(stack: EmulatedStack, **properties: object) -> str:
    """Return the stack's template with other properties of the custom resource that looks after the model."""
    document = json.loads(read_template(stack.template))
    document["Resources"]["ModelJanitor"]["Properties"] |= properties
    return json.dumps(document)
