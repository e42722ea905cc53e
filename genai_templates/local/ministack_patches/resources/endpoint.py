"""AWS::SageMaker::Endpoint, which ministack lacks: CloudFormation waits until it is in service, and fails otherwise.

docs/upstream/ministack/sagemaker-endpoint.md
"""

from __future__ import annotations

import time
from typing import Any

from ministack.services.cloudformation import stacks

from ..api_parameters import api_parameters
from ..sagemaker import Refused, call

Properties = dict[str, Any]
Created = tuple[str, dict[str, str]]
TYPE = "AWS::SageMaker::Endpoint"
_OF_UPDATES = ("ExcludeRetainedVariantProperties", "RetainAllVariantProperties", "RetainDeploymentConfig")
_LOOK_AGAIN_SECONDS = 0.02


def apply() -> None:
    """Have the waiting done beside the event loop, which answers what is waited for."""
    runs_beside = stacks._runs_on_worker_thread
    stacks._runs_on_worker_thread = lambda kind: kind == TYPE or runs_beside(kind)


def _create(logical_id: str, props: Properties, stack_name: str) -> Created:
    name = props.get("EndpointName") or f"{logical_id}-{stack_name}"[:63]
    creation = {key: value for key, value in props.items() if key not in _OF_UPDATES}
    arn = call("CreateEndpoint", **api_parameters("sagemaker", "CreateEndpoint", {**creation, "EndpointName": name}))
    return _settled(name, props["EndpointConfigName"], arn["EndpointArn"])


def _update(physical_id: str, old: Properties, new: Properties, stack_name: str) -> Created:
    name = physical_id.rpartition("/")[2]
    if new.get("EndpointName", name) != name:
        return _create(name, new, stack_name)
    if {**old, "Tags": None} != {**new, "Tags": None}:
        changes = {key: value for key, value in new.items() if key != "Tags"}
        call("UpdateEndpoint", **api_parameters("sagemaker", "UpdateEndpoint", {**changes, "EndpointName": name}))
    return _settled(name, new["EndpointConfigName"], physical_id)


def _settled(name: str, configuration: str, arn: str) -> Created:
    """Wait until the endpoint is what it is to be; raises ValueError, with SageMaker's reason, when it does not."""
    while (described := call("DescribeEndpoint", EndpointName=name))["EndpointStatus"] in ("Creating", "Updating"):
        time.sleep(_LOOK_AGAIN_SECONDS)
    if described.get("FailureReason") or described["EndpointConfigName"] != configuration:
        raise ValueError(f"Endpoint {name}: {described.get('FailureReason', described['EndpointStatus'])}")
    return arn, {"EndpointName": name, "EndpointArn": arn}


def _delete(physical_id: str, props: Properties) -> None:
    name = physical_id.rpartition("/")[2]
    try:
        call("DescribeEndpoint", EndpointName=name)
    except Refused:
        return  # somebody has deleted it, which is what is wanted
    call("DeleteEndpoint", EndpointName=name)


HANDLERS = {"create": _create, "update": _update, "delete": _delete}
