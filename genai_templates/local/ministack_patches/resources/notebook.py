"""AWS::SageMaker::NotebookInstance, which ministack lacks.

docs/upstream/ministack/sagemaker-notebook.md
The instance runs nothing: whoever drives the emulator does what its scripts would do.
"""

from __future__ import annotations

import uuid
from typing import Any

from ..sagemaker import call
from ..service_calls import call_iam
from ..vpc import check_place

Properties = dict[str, Any]
Created = tuple[str, dict[str, str]]
TYPE = "AWS::SageMaker::NotebookInstance"
# Any of these needs another instance. (CloudFormation user guide, AWS::SageMaker::NotebookInstance.)
_REPLACING = ("NotebookInstanceName", "SubnetId", "SecurityGroupIds", "DirectInternetAccess", "KmsKeyId")
_PLATFORMS = ("notebook-al2023-v1",)


def _create(logical_id: str, props: Properties, stack_name: str) -> Created:
    name = props.get("NotebookInstanceName") or f"{logical_id}-{uuid.uuid4().hex[:12]}"
    _check_references(props)
    call("CreateNotebookInstance", **_parameters(name, props))
    return name, {"NotebookInstanceName": name}


def _check_references(props: Properties) -> None:
    if (platform := props.get("PlatformIdentifier", "notebook-al2-v1")) not in _PLATFORMS:
        raise ValueError(f"platform {platform} cannot be created any more; choose {', '.join(_PLATFORMS)}")
    call_iam("GetRole", RoleName=props["RoleArn"].rsplit("/", 1)[-1])
    check_place([props["SubnetId"]] if "SubnetId" in props else [], props.get("SecurityGroupIds", []))
    if lifecycle := props.get("LifecycleConfigName"):
        call("DescribeNotebookInstanceLifecycleConfig", NotebookInstanceLifecycleConfigName=lifecycle)


def _parameters(name: str, props: Properties) -> dict[str, Any]:
    renamed = {**props, "NotebookInstanceName": name}
    volume = renamed.get("VolumeSizeInGB")
    return {**renamed, "VolumeSizeInGB": int(volume)} if volume else renamed


def _update(physical_id: str, old: Properties, new: Properties, stack_name: str) -> Created:
    if any(old.get(name) != new.get(name) for name in _REPLACING):
        if new.get("NotebookInstanceName") == physical_id:
            raise ValueError(
                f"CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename "
                f"{physical_id} and update the stack again."
            )
        return _create(physical_id, new, stack_name)
    _check_references(new)
    _delete(physical_id, old)
    call("CreateNotebookInstance", **_parameters(physical_id, new))
    return physical_id, {"NotebookInstanceName": physical_id}


def _delete(physical_id: str, props: Properties) -> None:
    described = call("DescribeNotebookInstance", NotebookInstanceName=physical_id)
    if described["NotebookInstanceStatus"] != "Stopped":
        call("StopNotebookInstance", NotebookInstanceName=physical_id)
    call("DeleteNotebookInstance", NotebookInstanceName=physical_id)


HANDLERS = {"create": _create, "update": _update, "delete": _delete}
