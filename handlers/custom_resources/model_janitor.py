"""Looks after the model that the notebook deploys: its quota before, its settings later, its deletion at the end."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from handlers.common.aws import make_client
from handlers.common.context import LambdaContext
from handlers.common.logs import logger

from .quotas import check_endpoint_quotas
from .response import CustomResourceError, Event, Outcome, run_and_respond

sagemaker = make_client("sagemaker")
autoscaling = make_client("application-autoscaling")

_BUSY = ("Creating", "Updating", "SystemUpdating", "RollingBack", "Deleting")
_POLL_SECONDS = 10
_MARGIN_MILLISECONDS = 30_000
# CloudFormation waits an hour for this resource; the response must come before.
_LONGEST_SECONDS = 3300
# The notebook reads these once, when it is made, so that another value would never reach it.
_FIXED = ("ModelId", "InstanceTypes", "NotebookInstanceType", "StopNotebook")


def handler(event: Event, context: LambdaContext) -> None:
    """Serve Custom::ModelJanitor."""
    run_and_respond(event, context, _work, physical_id="model-janitor")


def _work(event: Event, context: LambdaContext) -> Outcome | None:
    if event["RequestType"] == "Delete":
        return _delete(event, context)
    properties = event["ResourceProperties"]
    if event["RequestType"] == "Update":
        _refuse_changes(event)
        return Outcome(event["PhysicalResourceId"])
    check_endpoint_quotas(make_client("service-quotas"), properties.get("InstanceTypes", ()))
    return Outcome(f"model-{properties['EndpointName']}-{_digest(properties)}")


def _digest(properties: Mapping[str, Any]) -> str:
    """Return a short hash of the settings that cannot change."""
    fixed = {name: properties.get(name) for name in _FIXED}
    return hashlib.sha256(json.dumps(fixed, sort_keys=True).encode()).hexdigest()[:10]


def _refuse_changes(event: Event) -> None:
    """Raise CustomResourceError when an update has other settings than the model was deployed with.

    Those are held in the physical id, since a rollback is an update too, from what was refused to what is there.
    """
    old, new = event["OldResourceProperties"], event["ResourceProperties"]
    deployed = event["PhysicalResourceId"].rpartition("-")[2]
    changes = [
        f"{name} from {_text(old[name])} to {_text(new[name])}"
        for name in _FIXED
        if name in old and name in new and old[name] != new[name]
    ]
    if changes and deployed != _digest(new):
        raise CustomResourceError(
            f"an existing stack cannot change {', '.join(changes)}: the notebook deploys the model once, when the "
            "stack is created. Create another stack with these values and delete this one, or leave them as they were"
        )


def _text(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _delete(event: Event, context: LambdaContext) -> Outcome | None:
    """Delete scaling, endpoint, configuration and model; None when that continues in another invocation.

    In this order: scaling could bring instances back, and SageMaker needs configuration and model for as long as there
    is an endpoint, or it may never finish the one it is making.
    """
    name = event["ResourceProperties"]["EndpointName"]
    # CloudFormation has been waiting since the first invocation, which passes this moment on.
    deadline = float(event.get("Deadline", time.time() + _LONGEST_SECONDS))
    _stop_scaling(name)
    if not _delete_endpoint(name, context, deadline=deadline):
        _continue_later({**event, "Deadline": deadline}, context)
        return None
    left = [
        what
        for what, step in (
            ("endpoint configuration", lambda: sagemaker.delete_endpoint_config(EndpointConfigName=name)),
            ("model", lambda: sagemaker.delete_model(ModelName=name)),
        )
        if not _deleted(what, step)
    ]
    return Outcome(event["PhysicalResourceId"], f"please delete by hand: {', '.join(left)} {name}" if left else "")


def _deleted(what: str, step: Callable[[], object]) -> bool:
    """Delete something that is not charged for; return whether it is gone. A failure does not hold the stack."""
    try:
        step()
    except (BotoCoreError, ClientError) as error:
        if _is_absent(error):
            return True
        logger.exception("not deleted", extra={"what": what})
        return False
    return True


def _is_absent(error: Exception) -> bool:
    # SageMaker has no code of its own for what does not exist: "Could not find ...".
    if not isinstance(error, ClientError):
        return False
    code, message = error.response["Error"]["Code"], error.response["Error"].get("Message", "").lower()
    return code in ("ObjectNotFoundException", "ResourceNotFound") or (
        code == "ValidationException" and "could not find" in message
    )


def _stop_scaling(name: str) -> None:
    pages = autoscaling.get_paginator("describe_scalable_targets").paginate(
        ServiceNamespace="sagemaker", ResourceIds=[f"endpoint/{name}/variant/AllTraffic"]
    )
    for page in pages:
        for target in page["ScalableTargets"]:
            autoscaling.deregister_scalable_target(
                ServiceNamespace="sagemaker",
                ResourceId=target["ResourceId"],
                ScalableDimension=target["ScalableDimension"],
            )


def _delete_endpoint(name: str, context: LambdaContext, *, deadline: float) -> bool:
    """Delete the endpoint and wait until it is gone; return False when this invocation's time is over before.

    An endpoint that is being made cannot be deleted until it is there. Raises CustomResourceError at the deadline.
    """
    requested = False
    while (status := _status(name)) is not None:
        if status in _BUSY or requested:
            time.sleep(_POLL_SECONDS)
        else:
            sagemaker.delete_endpoint(EndpointName=name)
            requested = True
        if time.time() > deadline:
            raise CustomResourceError(f"endpoint {name} is not gone after {_LONGEST_SECONDS} s: delete the stack again")
        if context.get_remaining_time_in_millis() < _MARGIN_MILLISECONDS:
            return False
    return True


def _continue_later(event: Event, context: LambdaContext) -> None:
    """Send the event to another invocation of this function, which has its own time."""
    logger.info("continues in another invocation", extra={"deadline": event["Deadline"]})
    make_client("lambda").invoke(
        FunctionName=context.function_name,
        InvocationType="Event",
        Payload=json.dumps(event).encode(),
    )


def _status(name: str) -> str | None:
    try:
        return str(sagemaker.describe_endpoint(EndpointName=name)["EndpointStatus"])
    except ClientError as error:
        if _is_absent(error):
            return None
        raise
