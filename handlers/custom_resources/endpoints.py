"""The endpoint as SageMaker has it now, and the wait until SageMaker has done with it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import chain, repeat
from typing import Any

from botocore.exceptions import ClientError

from handlers.common.aws import make_client
from handlers.common.context import LambdaContext

from .response import CustomResourceError

sagemaker = make_client("sagemaker")

# CloudFormation waits an hour for a custom resource; the response must come before.
LONGEST_SECONDS = 3300
BUSY = ("Creating", "Updating", "SystemUpdating", "RollingBack", "Deleting")
"""Statuses of an endpoint that SageMaker is at work on: it can neither be updated nor deleted."""

_MARGIN_MILLISECONDS = 30_000
_FIRST_PAUSES = (1, 2, 5)
_PAUSE_SECONDS = 10


class InvocationOver(Exception):
    """The time of this invocation is nearly over: another one has to go on."""


class Wait:
    """Pauses between looks at an endpoint, which end when CloudFormation or this invocation waits no longer.

    ``deadline`` is a moment of ``time.time()``.
    """

    def __init__(self, context: LambdaContext, deadline: float) -> None:
        self._context = context
        self._deadline = deadline
        self._pauses: Iterator[int] = chain(_FIRST_PAUSES, repeat(_PAUSE_SECONDS))

    def pause(self, too_late: str) -> None:
        """Wait a little; raises InvocationOver, and CustomResourceError with this message at the deadline."""
        if time.time() > self._deadline:
            raise CustomResourceError(too_late)
        if self._context.get_remaining_time_in_millis() < _MARGIN_MILLISECONDS:
            raise InvocationOver
        time.sleep(next(self._pauses))


def describe_endpoint(name: str) -> dict[str, Any] | None:
    """Return what SageMaker says about the endpoint, or None when there is none."""
    try:
        return dict(sagemaker.describe_endpoint(EndpointName=name))
    except ClientError as error:
        if is_absent(error):
            return None
        raise


def settled_endpoint(name: str, wait: Wait) -> dict[str, Any] | None:
    """Return what SageMaker says about the endpoint once it has done with it, or None when there is none."""
    while (endpoint := describe_endpoint(name)) is not None and endpoint["EndpointStatus"] in BUSY:
        wait.pause(
            f"endpoint {name} is still {endpoint['EndpointStatus']} after {LONGEST_SECONDS} s; "
            "its log is /aws/sagemaker/Endpoints/ in CloudWatch"
        )
    return endpoint


def is_absent(error: Exception) -> bool:
    """Return whether a call failed because there is no such thing."""
    # SageMaker has no code of its own for what does not exist: "Could not find ...".
    if not isinstance(error, ClientError):
        return False
    code, message = error.response["Error"]["Code"], error.response["Error"].get("Message", "").lower()
    return code in ("ObjectNotFoundException", "ResourceNotFound") or (
        code == "ValidationException" and "could not find" in message
    )
