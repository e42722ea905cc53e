"""Deletes what the notebook deployed when the stack is deleted, so that nothing goes on billing.

It never blocks the deletion of the stack: what it could not delete, it says.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from botocore.exceptions import BotoCoreError, ClientError

from handlers.common.aws import make_client
from handlers.common.context import LambdaContext
from handlers.common.logs import logger

from .response import Event, Outcome, respond

sagemaker = make_client("sagemaker")
autoscaling = make_client("application-autoscaling")

_BUSY = ("Creating", "Updating", "SystemUpdating", "RollingBack", "Deleting")
_POLL_SECONDS = 10
_MARGIN_MILLISECONDS = 30_000


def handler(event: Event, context: LambdaContext) -> None:
    """Serve Custom::ModelJanitor."""
    respond(event, context, _work, physical_id="model-janitor")


def _work(event: Event, context: LambdaContext) -> Outcome:
    name = event["ResourceProperties"]["EndpointName"]
    physical_id = f"model-{name}"
    if event["RequestType"] != "Delete":
        return Outcome(physical_id)
    # Scaling first, or it could bring instances back; the endpoint needs its configuration and model till the end.
    steps: list[tuple[str, Callable[[], object]]] = [
        ("scaling", lambda: _stop_scaling(name)),
        ("endpoint", lambda: _delete_endpoint(name, context)),
        ("endpoint configuration", lambda: sagemaker.delete_endpoint_config(EndpointConfigName=name)),
        ("model", lambda: sagemaker.delete_model(ModelName=name)),
    ]
    left = [what for what, step in steps if not _done(what, step)]
    if not left:
        return Outcome(physical_id)
    return Outcome(physical_id, f"please delete by hand: {', '.join(left)} {name}")


def _done(what: str, step: Callable[[], object]) -> bool:
    """Do a step; return whether what it deletes is gone."""
    try:
        step()
    except ClientError as error:
        if _is_absent(error):
            return True
        logger.exception("not deleted", extra={"what": what})
        return False
    except (BotoCoreError, TimeoutError):
        logger.exception("not deleted", extra={"what": what})
        return False
    return True


def _is_absent(error: ClientError) -> bool:
    # SageMaker has no code of its own for what does not exist: "Could not find ...".
    told = error.response["Error"]
    return told["Code"] in ("ValidationException", "ObjectNotFoundException", "ResourceNotFound") and (
        "could not find" in told.get("Message", "").lower() or told["Code"] != "ValidationException"
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


def _delete_endpoint(name: str, context: LambdaContext) -> None:
    """Delete the endpoint; one that is being made has to be waited for, as long as there is time."""
    asked = False
    while True:
        status = _status(name)
        if status is None:
            return
        if status not in _BUSY and not asked:
            sagemaker.delete_endpoint(EndpointName=name)
            asked = True
            continue
        if context.get_remaining_time_in_millis() < _MARGIN_MILLISECONDS:
            if asked or status == "Deleting":
                return
            raise TimeoutError(f"the endpoint was still {status}")
        time.sleep(_POLL_SECONDS)


def _status(name: str) -> str | None:
    try:
        return str(sagemaker.describe_endpoint(EndpointName=name)["EndpointStatus"])
    except ClientError as error:
        if _is_absent(error):
            return None
        raise
