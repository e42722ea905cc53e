"""Removal of what a stack has left, and the commands of AWS's own command line that do the same."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from ...errors import AwsError
from ..account import Account
from ..failures import translated
from .emptying import delete_bucket
from .names import base_name, has_guid
from .resources import SAGEMAKER, Kind, Resource

_WAIT = {"Delay": 5, "MaxAttempts": 360}
# The longest that KMS takes: until then the key can be taken back, and what it encrypts read again.
_WAITING_DAYS = 30
_GONE = ("could not find", "does not exist", "NoSuchBucket", "ResourceNotFound", "ObjectNotFound", "RecordNotFound")


class _Deletion(NamedTuple):
    """A call that deletes: the service, its operation as the command line writes it, and the argument for the name."""

    service: str
    operation: str
    argument: str


_DELETIONS = {
    Kind.COMPONENT: _Deletion("sagemaker", "delete-inference-component", "InferenceComponentName"),
    Kind.ENDPOINT: _Deletion("sagemaker", "delete-endpoint", "EndpointName"),
    Kind.CONFIGURATION: _Deletion("sagemaker", "delete-endpoint-config", "EndpointConfigName"),
    Kind.MODEL: _Deletion("sagemaker", "delete-model", "ModelName"),
    Kind.NOTEBOOK: _Deletion("sagemaker", "delete-notebook-instance", "NotebookInstanceName"),
    Kind.LOG_GROUP: _Deletion("logs", "delete-log-group", "logGroupName"),
    Kind.ALARM: _Deletion("cloudwatch", "delete-alarms", "AlarmNames"),
    Kind.KEY: _Deletion("kms", "schedule-key-deletion", "KeyId"),
}


def removal_order(resource: Resource) -> int:
    """Return the key to sort resources by, so that what uses another one goes first."""
    return list(Kind).index(resource.kind)


def removal_command(resource: Resource, region: str) -> str:
    """Return the command line that removes a resource.

    No single command of AWS deletes a bucket with old versions in it: that one is our own.
    """
    from botocore import xform_name

    name = shlex.quote(resource.name)
    if resource.kind is Kind.BUCKET:
        return f"genai-templates doctor --region {region} --remove {name}"
    if resource.kind is Kind.TARGET:
        options = " ".join(f"--{xform_name(key, '-')} {shlex.quote(value)}" for key, value in _target(resource).items())
        return f"aws application-autoscaling deregister-scalable-target {options} --region {region}"
    deletion = _DELETIONS[resource.kind]
    target = f"--{xform_name(deletion.argument, '-')} {name} --region {region}"
    if resource.kind is Kind.KEY:
        target += f" --pending-window-in-days {_WAITING_DAYS}"
    commands = [f"aws {deletion.service} {deletion.operation} {target}"]
    if resource.kind is Kind.NOTEBOOK and resource.listed.get("NotebookInstanceStatus") not in ("Stopped", "Failed"):
        stop = ("stop-notebook-instance", "wait notebook-instance-stopped")
        commands = [*(f"aws sagemaker {verb} {target}" for verb in stop), *commands]
    return " && ".join(commands)


def remove(account: Account, resource: Resource) -> None:
    """Remove a resource, with what is in it, and wait until it is gone; one that is gone already is no error.

    A notebook is stopped before, and its lifecycle configuration goes with it. A key is out of use at once, and goes
    after a month. Waits up to 30 minutes for each step. Raises AwsError.
    """
    from botocore.exceptions import ClientError

    with translated():
        try:
            _REMOVALS.get(resource.kind, _delete)(account, resource)
        except ClientError as error:
            if not any(sign.lower() in str(error).lower() for sign in _GONE):
                raise


def remove_all(account: Account, resources: list[Resource]) -> Iterator[tuple[Resource, AwsError | None]]:
    """Remove resources in the right order, and yield each with the error that kept it from being removed, or None.

    What bears the name of one that could not be removed is left: a configuration must not go before its endpoint. So
    is a configuration or a model whose name does not say of which endpoint it is.
    """
    failed: dict[str, Kind] = {}
    for resource in sorted(resources, key=removal_order):
        error = None
        name = base_name(resource.name)
        if user := _user(resource, failed):
            error = AwsError(f"kept, because its {user} is still there", "still in use")
        else:
            try:
                remove(account, resource)
            except AwsError as raised:
                error = raised
                failed[name] = resource.kind
        yield resource, error


def _user(resource: Resource, failed: Mapping[str, Kind]) -> Kind | None:
    """Return the kind of what uses a resource, or may use it, and could not be removed."""
    may_use: set[Kind] = {Kind.BUCKET} if resource.kind is Kind.KEY else set()
    if resource.kind in {Kind.CONFIGURATION, Kind.MODEL} and not has_guid(resource.name):
        may_use = {Kind.COMPONENT, Kind.ENDPOINT}
    users = [kind for kind in failed.values() if kind in may_use]
    return failed.get(base_name(resource.name)) or next(iter(users), None)


def _delete(account: Account, resource: Resource) -> None:
    deletion = _DELETIONS[resource.kind]
    value = [resource.name] if deletion.argument.endswith("s") else resource.name
    getattr(account.client(deletion.service), deletion.operation.replace("-", "_"))(**{deletion.argument: value})


def _target(resource: Resource) -> dict[str, str]:
    return {
        **SAGEMAKER,
        "ResourceId": resource.name,
        "ScalableDimension": resource.listed["ScalableDimension"],
    }


def _remove_target(account: Account, resource: Resource) -> None:
    account.client("application-autoscaling").deregister_scalable_target(**_target(resource))


def _remove_component(account: Account, resource: Resource) -> None:
    from botocore.waiter import WaiterModel, create_waiter_with_client

    _delete(account, resource)
    # botocore has none for it.
    gone = {
        "operation": "DescribeInferenceComponent",
        "delay": _WAIT["Delay"],
        "maxAttempts": _WAIT["MaxAttempts"],
        "acceptors": [
            {"matcher": "error", "state": "success", "expected": "ValidationException"},
            {
                "matcher": "path",
                "argument": "InferenceComponentStatus",
                "state": "failure",
                "expected": "Failed",
            },
        ],
    }
    model = WaiterModel({"version": 2, "waiters": {"InferenceComponentDeleted": gone}})
    waiter = create_waiter_with_client("InferenceComponentDeleted", model, account.client("sagemaker"))
    waiter.wait(InferenceComponentName=resource.name)


def _remove_endpoint(account: Account, resource: Resource) -> None:
    _delete(account, resource)
    waiter = account.client("sagemaker").get_waiter("endpoint_deleted")
    waiter.wait(EndpointName=resource.name, WaiterConfig=_WAIT)


def _remove_notebook(account: Account, resource: Resource) -> None:
    client = account.client("sagemaker")
    notebook: dict[str, Any] = {"NotebookInstanceName": resource.name}
    described = client.describe_notebook_instance(**notebook)
    if described["NotebookInstanceStatus"] not in ("Stopped", "Failed"):
        if described["NotebookInstanceStatus"] == "InService":
            client.stop_notebook_instance(**notebook)
        client.get_waiter("notebook_instance_stopped").wait(**notebook, WaiterConfig=_WAIT)
    client.delete_notebook_instance(**notebook)
    client.get_waiter("notebook_instance_deleted").wait(**notebook, WaiterConfig=_WAIT)
    if lifecycle := described.get("NotebookInstanceLifecycleConfigName"):
        client.delete_notebook_instance_lifecycle_config(NotebookInstanceLifecycleConfigName=lifecycle)


def _remove_key(account: Account, resource: Resource) -> None:
    account.client("kms").schedule_key_deletion(KeyId=resource.name, PendingWindowInDays=_WAITING_DAYS)


def _remove_bucket(account: Account, resource: Resource) -> None:
    delete_bucket(account, resource.name)


_REMOVALS: dict[Kind, Callable[[Account, Resource], None]] = {
    Kind.TARGET: _remove_target,
    Kind.COMPONENT: _remove_component,
    Kind.ENDPOINT: _remove_endpoint,
    Kind.NOTEBOOK: _remove_notebook,
    Kind.BUCKET: _remove_bucket,
    Kind.KEY: _remove_key,
}
