"""Pauses the model of a stack, when its budget is used up: an update that changes the parameter of its state alone."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import ClientError

from handlers.common.aws import make_client
from handlers.common.context import LambdaContext
from handlers.common.logs import logger
from handlers.common.settings import read_settings

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.type_defs import ParameterTypeDef

cloudformation = make_client("cloudformation")

# A stack that is being changed is looked at again after so long, until the function's time is nearly over. Lambda then
# invokes it twice more. What AWS Budgets has reported does not come again in that month.
_PAUSE_SECONDS = 20
_LAST_SECONDS = 40
_BUSY = "_IN_PROGRESS"
_UNCHANGED = "No updates are to be performed"


class Settings(NamedTuple):
    """The function's environment."""

    stack_id: str
    state_parameter: str
    paused_state: str


class StackIsBusy(Exception):
    """The stack was being changed for as long as the function could wait."""


settings = read_settings(Settings)


def handler(event: Mapping[str, Any], context: LambdaContext) -> None:
    """Pause the model, once the stack can be updated. Raises StackIsBusy, or what CloudFormation refuses it with."""
    while not _update():
        if context.get_remaining_time_in_millis() / 1000 < _PAUSE_SECONDS + _LAST_SECONDS:
            raise StackIsBusy("the model was not paused yet: the stack is being changed")
        time.sleep(_PAUSE_SECONDS)


def _update() -> bool:
    """Begin the update, and return whether there is nothing left to do; it is not waited for."""
    stack = cloudformation.describe_stacks(StackName=settings.stack_id)["Stacks"][0]
    if stack["StackStatus"].endswith(_BUSY):
        logger.info("the stack is being changed", extra={"status": stack["StackStatus"]})
        return False
    try:
        cloudformation.update_stack(
            StackName=settings.stack_id,
            UsePreviousTemplate=True,
            Parameters=[_parameter(each["ParameterKey"]) for each in stack["Parameters"]],
            Capabilities=["CAPABILITY_NAMED_IAM"],
        )
    except ClientError as error:
        message = error.response["Error"]["Message"]
        if _BUSY in message:  # since it was looked at
            return False
        if _UNCHANGED not in message:
            raise
    logger.info("the model is paused: the budget is used up")
    return True


def _parameter(name: str) -> ParameterTypeDef:
    if name == settings.state_parameter:
        return {"ParameterKey": name, "ParameterValue": settings.paused_state}
    return {"ParameterKey": name, "UsePreviousValue": True}
