"""AWS::SageMaker::InferenceComponent, which ministack lacks: all of it can be updated, and an update sets its copies.

docs/upstream/ministack/sagemaker-inference-components.md
CloudFormation waits until the copies are there. It deletes a component that is being changed no more than SageMaker
does.
"""

from __future__ import annotations

import time
import uuid
from typing import Any

from ministack.services.cloudformation import stacks

from ..api_parameters import api_parameters
from ..sagemaker import Refused, call

Properties = dict[str, Any]
Created = tuple[str, dict[str, str]]
TYPE = "AWS::SageMaker::InferenceComponent"
_NAME = "InferenceComponentName"
_UPDATED = ("Specification", "Specifications", "RuntimeConfig", "DeploymentConfig")
_LOOK_AGAIN_SECONDS = 0.02


def apply() -> None:
    """Have the waiting done beside the event loop, which answers what is waited for."""
    runs_beside = stacks._runs_on_worker_thread
    stacks._runs_on_worker_thread = lambda kind: kind == TYPE or runs_beside(kind)


def _create(logical_id: str, props: Properties, stack_name: str) -> Created:
    name = props.get(_NAME) or f"{logical_id}-{uuid.uuid4().hex[:12]}"
    creation = {key: value for key, value in props.items() if key != "DeploymentConfig"}
    parameters = api_parameters("sagemaker", "CreateInferenceComponent", {**creation, _NAME: name})
    return _settled(call("CreateInferenceComponent", **parameters)["InferenceComponentArn"])


def _update(physical_id: str, old: Properties, new: Properties, stack_name: str) -> Created:
    changes = {name: new[name] for name in _UPDATED if name in new}
    if changes != {name: old[name] for name in _UPDATED if name in old}:
        parameters = api_parameters("sagemaker", "UpdateInferenceComponent", {**changes, **_named(physical_id)})
        call("UpdateInferenceComponent", **parameters)
    return _settled(physical_id)


def _settled(arn: str) -> Created:
    while call("DescribeInferenceComponent", **_named(arn))["InferenceComponentStatus"] in ("Creating", "Updating"):
        time.sleep(_LOOK_AGAIN_SECONDS)
    return arn, {"InferenceComponentArn": arn}


def _delete(physical_id: str, props: Properties) -> None:
    try:
        call("DescribeInferenceComponent", **_named(physical_id))
    except Refused:
        return  # somebody has deleted it, which is what is wanted
    call("DeleteInferenceComponent", **_named(physical_id))


def _named(arn: str) -> dict[str, str]:
    return {_NAME: arn.rpartition("/")[2]}


HANDLERS = {"create": _create, "update": _update, "delete": _delete}
