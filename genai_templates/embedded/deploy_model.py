"""Deploys the JumpStart model with the SageMaker SDK, on the first of its instance types that is available.

Run by ``supervise`` in the SDK's environment. Whatever an earlier run left is used when it is in service or on its way
there, and replaced otherwise.
"""

from __future__ import annotations

import logging
import re
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from .deployment_log import start_log
from .deployment_record import DeploymentFailed, Settings, notebook_name, read_settings, report, short_reason

if TYPE_CHECKING:
    from mypy_boto3_sagemaker import SageMakerClient

# Seconds between two looks at an endpoint on its way.
POLL = 15
# Seconds between tries while a permission is on its way.
PERMISSION_PAUSES = (1, 2, 4, 8, 16)
# The statuses of an endpoint that SageMaker is at work on.
TRANSITIONAL_STATUSES = {"Creating", "Updating", "SystemUpdating", "RollingBack", "Deleting"}


def main(step: str, seconds: str = "0") -> None:
    """Do one step: ``deploy`` within so many seconds, or ``stop`` this notebook."""
    import boto3

    settings = read_settings()
    client = boto3.client("sagemaker", region_name=settings.region)
    if step == "stop":
        client.stop_notebook_instance(NotebookInstanceName=notebook_name())
        return
    try:
        deploy(settings, client, time.monotonic() + float(seconds))
    except Exception as error:
        logging.exception("The deployment failed.")
        report(settings, "FAILED", reason=short_reason(error))


def deploy(settings: Settings, client: SageMakerClient, deadline: float) -> None:
    """Bring the endpoint into service; raise DeploymentFailed when no instance type can be had, or the time is up."""
    status, reason = wait_until_stable(settings, client, deadline)
    shortages = []
    for instance_type in dict.fromkeys(filter(None, settings.instance_types)):
        if status == "InService":
            break
        report(settings, "DEPLOYING", instance_type=instance_type)
        remove(settings, client, deadline)
        try:
            create_when_permitted(settings, instance_type)
            status, reason = wait_until_stable(settings, client, deadline)
        except client.exceptions.ClientError as error:
            status, reason = "Failed", str(error)
        if status != "InService":
            shortages.append(capacity_error(instance_type, reason))
            logging.warning("%s (%s)", shortages[-1], reason)
            remove(settings, client, deadline)
    if status != "InService":
        raise DeploymentFailed("; ".join(shortages) or "no instance type was given")
    report(settings, "IN_SERVICE")


def capacity_error(instance_type: str, reason: str) -> str:
    """Return what was missing, where another instance type may help; raise DeploymentFailed where none would."""
    if re.search("ResourceLimitExceeded|service limit", reason):
        named = re.search("service limit '([^']+)'", reason)
        quota = named[1] if named else f"{instance_type} for endpoint usage"
        return f"the quota '{quota}' is too low: ask for more in Service Quotas, under Amazon SageMaker"
    if re.search("InsufficientInstanceCapacity|CapacityError", reason):
        return f"AWS has no {instance_type} to spare here now: try later, or choose another instance type"
    raise DeploymentFailed(f"{instance_type}: {short_reason(reason or 'the endpoint was deleted')}")


def wait_until_stable(settings: Settings, client: SageMakerClient, deadline: float) -> tuple[str, str]:
    """Return the endpoint's lasting status and why it failed; both are empty when there is no endpoint."""
    while True:
        try:
            found = client.describe_endpoint(EndpointName=settings.endpoint_name)
        except client.exceptions.ClientError as error:
            if "Could not find" in str(error):
                return "", ""
            raise
        if found["EndpointStatus"] not in TRANSITIONAL_STATUSES:
            return found["EndpointStatus"], found.get("FailureReason", "")
        if time.monotonic() > deadline:
            raise DeploymentFailed(f"the endpoint was still {found['EndpointStatus']} when the time was up")
        time.sleep(POLL)


def remove(settings: Settings, client: SageMakerClient, deadline: float) -> None:
    """Delete the endpoint, then its configuration and model; what does not exist is no error."""
    name = settings.endpoint_name
    steps: tuple[Callable[[], object], ...] = (
        lambda: client.delete_endpoint(EndpointName=name),
        lambda: wait_until_stable(settings, client, deadline),
        lambda: client.delete_endpoint_config(EndpointConfigName=name),
        lambda: client.delete_model(ModelName=name),
    )
    for step in steps:
        try:
            step()
        except client.exceptions.ClientError as error:
            if "Could not find" not in str(error):
                raise


def create_when_permitted(settings: Settings, instance_type: str) -> None:
    """Create the endpoint, and again after a pause while IAM does not know the notebook's new permissions yet."""
    for pause in PERMISSION_PAUSES:
        try:
            return create(settings, instance_type)
        except Exception as error:
            if not re.search("AccessDenied|not authorized|ould not assume role", str(error)):
                raise
            logging.info("Not permitted yet; the next try is in %s seconds: %s", pause, error)
            time.sleep(pause)
    return create(settings, instance_type)


def create(settings: Settings, instance_type: str) -> None:
    """Create model, configuration and endpoint, all with the endpoint's name, and do not wait for it."""
    import boto3
    from sagemaker.jumpstart.model import JumpStartModel  # type: ignore[import-not-found]
    from sagemaker.session import Session  # type: ignore[import-not-found]

    quiet = {"SchemaVersion": "1.0", "SageMaker": {"PythonSDK": {"Modules": {"TelemetryOptOut": True}}}}
    JumpStartModel(
        model_id=settings.model_id,
        model_version=settings.model_version,
        # A template keeps working when AWS has newer versions, or flags this one; the SDK writes either into the log.
        tolerate_deprecated_model=True,
        tolerate_vulnerable_model=True,
        instance_type=instance_type,
        role=settings.role_arn,
        env=settings.environment,
        vpc_config=vpc_config(settings),
        name=settings.endpoint_name,
        sagemaker_session=Session(boto3.Session(region_name=settings.region), sagemaker_config=quiet),
    ).deploy(
        endpoint_name=settings.endpoint_name,
        initial_instance_count=1,
        tags=settings.tags,
        accept_eula=settings.accept_eula == "true" or None,
        wait=False,
    )


def vpc_config(settings: Settings) -> dict[str, list[str]] | None:
    """Return the place of a model that runs in a VPC, as the SDK takes it."""
    if not settings.subnets:
        return None
    return {"Subnets": settings.subnets.split(","), "SecurityGroupIds": settings.security_groups.split(",")}


if __name__ == "__main__":
    start_log()
    main(*sys.argv[1:])
