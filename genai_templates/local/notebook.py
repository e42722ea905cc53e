"""The part of the notebook instance, which runs nothing here: what its script would do is done in its place.

The settings are read out of the script that the stack has given to the notebook, so a wrong name, role or URL in the
template is a failure here too.
"""

from __future__ import annotations

import base64
import json
import re
import urllib.request
from collections.abc import Mapping, Sequence
from typing import Any

WAIT_CONDITION = "AWS::CloudFormation::WaitCondition"

_LIFECYCLE = "AWS::SageMaker::NotebookInstanceLifecycleConfig"
_SETTINGS = re.compile(r"<<'SETTINGS'\n(.*?)\nSETTINGS\n", re.DOTALL)
_ROLE = "arn:aws:iam::000000000000:role/stand-in"


def play_notebook(sagemaker: Any, resources: Sequence[Mapping[str, str]]) -> None:
    """Deploy the stand-in under the endpoint's name and tell the stack, if these resources have such a notebook."""
    for resource in resources:
        if resource["ResourceType"] != _LIFECYCLE:
            continue
        described = sagemaker.describe_notebook_instance_lifecycle_config(
            NotebookInstanceLifecycleConfigName=resource["PhysicalResourceId"]
        )
        script = base64.b64decode(described["OnCreate"][0]["Content"]).decode()
        if found := _SETTINGS.search(script):
            settings = json.loads(found[1])
            deploy_endpoint(
                sagemaker,
                settings["endpoint_name"],
                role=settings["role_arn"],
                instance_type=settings["instance_types"][0],
                environment=settings["environment"],
            )
            _signal_success(settings["wait_url"])


def deploy_endpoint(
    sagemaker: Any,
    name: str,
    *,
    role: str = _ROLE,
    instance_type: str = "ml.g5.2xlarge",
    environment: Mapping[str, str] | None = None,
) -> None:
    """Create model, configuration and endpoint of one name, unless the endpoint is there."""
    if any(each["EndpointName"] == name for each in sagemaker.list_endpoints(NameContains=name)["Endpoints"]):
        return
    container = {"Image": "stand-in", "Environment": dict(environment or {})}
    variant = {"VariantName": "AllTraffic", "ModelName": name, "InstanceType": instance_type, "InitialInstanceCount": 1}
    sagemaker.create_model(ModelName=name, ExecutionRoleArn=role, PrimaryContainer=container)
    sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[variant])
    sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)


def _signal_success(url: str) -> None:
    signal = {"Status": "SUCCESS", "Reason": "in service", "UniqueId": "deployment", "Data": "stand-in"}
    request = urllib.request.Request(url, json.dumps(signal).encode(), {"Content-Type": ""}, method="PUT")
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10):
        pass
