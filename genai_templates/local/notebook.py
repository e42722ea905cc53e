"""Simulation of the notebook instance, which runs nothing here: a function does what its script would do.

The settings are read out of the script that the stack has given to the notebook, so a wrong name, role or URL in the
template is a failure here too.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

WAIT_CONDITION = "AWS::CloudFormation::WaitCondition"
WAIT_BEGINS = ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS")
"""The statuses with which a wait begins; the second is ministack's word for a resource that an update adds."""

_LIFECYCLE = "AWS::SageMaker::NotebookInstanceLifecycleConfig"
_SETTINGS = re.compile(r"<<'SETTINGS'\n(.*?)\nSETTINGS\n", re.DOTALL)
_ROLE = "arn:aws:iam::000000000000:role/stand-in"
_TIMEOUT_SECONDS = 10


@dataclass(frozen=True)
class NotebookScript:
    """The script that a stack has given to its notebook, with the settings of the model's deployment in it."""

    text: str
    settings: Mapping[str, Any]

    def signal(self, status: str, reason: str) -> None:
        """Tell the stack how the deployment ended, as the script does: ``SUCCESS`` or ``FAILURE``, and why."""
        from urllib3 import PoolManager

        signal = {"Status": status, "Reason": reason, "UniqueId": "deployment", "Data": "stand-in"}
        with PoolManager(timeout=_TIMEOUT_SECONDS, retries=False) as pools:
            pools.request("PUT", self.settings["wait_url"], body=json.dumps(signal).encode())


RunNotebook = Callable[[Any, NotebookScript], None]
"""A function in the place of the notebook: it takes a client of SageMaker, and the script."""


def simulate_notebook(sagemaker: Any, script: NotebookScript) -> None:
    """Deploy the stand-in under the endpoint's name, and tell the stack that the model is in service."""
    deploy_endpoint(
        sagemaker,
        script.settings["endpoint_name"],
        role=script.settings["role_arn"],
        instance_type=script.settings["instance_types"][0],
        environment=script.settings["environment"],
        tags=script.settings["tags"],
    )
    script.signal("SUCCESS", "in service")


def read_notebook_scripts(sagemaker: Any, resources: Sequence[Mapping[str, str]]) -> Iterator[NotebookScript]:
    """Give the script of each of these resources that is the lifecycle configuration of a notebook with a model."""
    for resource in resources:
        if resource["ResourceType"] != _LIFECYCLE:
            continue
        described = sagemaker.describe_notebook_instance_lifecycle_config(
            NotebookInstanceLifecycleConfigName=resource["PhysicalResourceId"]
        )
        text = base64.b64decode(described["OnCreate"][0]["Content"]).decode()
        if found := _SETTINGS.search(text):
            yield NotebookScript(text, json.loads(found[1]))


def deploy_endpoint(
    sagemaker: Any,
    name: str,
    *,
    role: str = _ROLE,
    instance_type: str = "ml.g5.2xlarge",
    environment: Mapping[str, str] | None = None,
    tags: Sequence[Mapping[str, str]] = (),
) -> None:
    """Create model, configuration and endpoint of one name with these tags, unless the endpoint exists."""
    if any(each["EndpointName"] == name for each in sagemaker.list_endpoints(NameContains=name)["Endpoints"]):
        return
    container = {"Image": "stand-in", "Environment": dict(environment or {})}
    variant = {"VariantName": "AllTraffic", "ModelName": name, "InstanceType": instance_type, "InitialInstanceCount": 1}
    sagemaker.create_model(ModelName=name, ExecutionRoleArn=role, PrimaryContainer=container, Tags=tags)
    sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[variant], Tags=tags)
    sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name, Tags=tags)
