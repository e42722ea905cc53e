"""Deletes what the notebook and the updates made: all of it bills, or would lie around."""

from __future__ import annotations

from typing import Any

from handlers.common.aws import make_client

from .deployment import discard
from .endpoints import BUSY, LONGEST_SECONDS, Wait, describe_endpoint, sagemaker

autoscaling = make_client("application-autoscaling")


def delete_model(event: dict[str, Any], wait: Wait) -> str:
    """Delete scaling, endpoint, configurations and models; return what a person has to delete, or nothing.

    In this order: scaling could bring instances back, and SageMaker needs configuration and model for as long as there
    is an endpoint, or it may never finish the one it is making.
    """
    name = event["ResourceProperties"]["EndpointName"]
    _stop_scaling(name)
    _delete_endpoint(name, wait)
    left = discard(name)
    return f"please delete by hand: {', '.join(left)}" if left else ""


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


def _delete_endpoint(name: str, wait: Wait) -> None:
    """Delete the endpoint and wait until it is gone; one that is being made cannot be deleted until it is there."""
    requested = False
    while (endpoint := describe_endpoint(name)) is not None:
        if not requested and endpoint["EndpointStatus"] not in BUSY:
            sagemaker.delete_endpoint(EndpointName=name)
            requested = True
        else:
            wait.pause(f"endpoint {name} is not gone after {LONGEST_SECONDS} s: delete the stack again")
