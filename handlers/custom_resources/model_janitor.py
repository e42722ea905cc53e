"""Looks after the model that the notebook deploys: its quota before, its updates later, its deletion at the end."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

from handlers.common.aws import make_client
from handlers.common.context import LambdaContext
from handlers.common.logs import logger

from .endpoints import LONGEST_SECONDS, InvocationOver, Wait
from .model_deletion import delete_model
from .model_update import update_model
from .quotas import check_endpoint_quotas
from .refusal import UpdateRefused, pass_on
from .response import Event, Outcome, run_and_respond

# CloudFormation itself changes the notebook.
_OF_THE_NOTEBOOK = ("NotebookInstanceType",)


def handler(event: Event, context: LambdaContext) -> None:
    """Serve Custom::ModelJanitor."""
    run_and_respond(event, context, _work, physical_id="model-janitor")


def _work(event: Event, context: LambdaContext) -> Outcome | None:
    # CloudFormation has been waiting since the first invocation, which passes this moment on.
    served = {"Deadline": time.time() + LONGEST_SECONDS, **event}
    wait = Wait(context, float(served["Deadline"]))
    try:
        return _serve(served, wait)
    except InvocationOver:
        _continue_later(served, context)
        return None


def _serve(event: dict[str, Any], wait: Wait) -> Outcome:
    """Do what the event asks for; ``event`` keeps how far that has come."""
    properties = event["ResourceProperties"]
    if event["RequestType"] == "Create":
        check_endpoint_quotas(make_client("service-quotas"), properties["InstanceTypes"])
        return Outcome(f"model-{properties['EndpointName']}")
    if event["RequestType"] == "Delete":
        return Outcome(event["PhysicalResourceId"], delete_model(event, wait))
    return Outcome(event["PhysicalResourceId"], _update(event, wait))


def _update(event: dict[str, Any], wait: Wait) -> str:
    old, new = event["OldResourceProperties"], event["ResourceProperties"]
    try:
        _check_fixed(old, new)
        return update_model(event, wait)
    except UpdateRefused as refusal:
        if any(old[name] != new[name] for name in old if name in new and name not in _OF_THE_NOTEBOOK):
            pass_on(refusal, event)
        return str(refusal)


def _check_fixed(old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
    """Raise UpdateRefused when a property changes that no update can bring to the model.

    Older templates do not have all of them.
    """

    def changes(*names: str) -> str:
        pairs = [(name, old[name], new[name]) for name in names if name in old and name in new]
        return ", ".join(f"{name} from {before} to {after}" for name, before, after in pairs if before != after)

    if model := changes("ModelId", "ModelVersion"):
        raise UpdateRefused(
            f"an existing stack cannot change {model}: the notebook deploys the model once, when the stack is created. "
            "Create another stack with this model and delete this one, leave it as it was, or choose the native "
            "hosting, which takes another model by an update"
        )
    if stop := changes("StopNotebook"):
        raise UpdateRefused(
            f"an existing stack cannot change {stop}: the notebook looks at it once, when it has deployed the model. "
            "Stop or start the notebook in the console of SageMaker, and leave the value as it was"
        )


def _continue_later(event: Event, context: LambdaContext) -> None:
    """Send the event to another invocation of this function, which has its own time."""
    logger.info("continues in another invocation", extra={"deadline": event["Deadline"]})
    make_client("lambda").invoke(
        FunctionName=context.function_name,
        InvocationType="Event",
        Payload=json.dumps(event).encode(),
    )
