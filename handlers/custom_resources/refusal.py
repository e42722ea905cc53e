"""Refusals of an update, which hold on the way forward alone: what was refused is rolled back by an update too."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from handlers.common.aws import make_client
from handlers.common.logs import logger

from .response import CustomResourceError

_ROLLING_BACK = "UPDATE_ROLLBACK_IN_PROGRESS"
_REASON_CHARACTERS = 400


class UpdateRefused(Exception):
    """A change that cannot be made, and of which nothing was begun; the message says why."""


def pass_on(refusal: UpdateRefused, event: Mapping[str, Any]) -> None:
    """Raise CustomResourceError with the reason of the refusal, unless the stack is rolled back.

    A roll-back asks for what was there before the refused update, and so for nothing. Its event looks like that of any
    update: the stack knows better.
    """
    stacks = make_client("cloudformation").describe_stacks(StackName=event["StackId"])["Stacks"]
    if stacks[0]["StackStatus"] != _ROLLING_BACK:
        raise CustomResourceError(str(refusal)) from refusal
    logger.info("nothing to roll back", extra={"reason": str(refusal)})


def short_reason(reason: str) -> str:
    """Return a reason of SageMaker in bounded length, and without ARNs, which have account ids."""
    return re.sub(r"arn:[^\s\"']+", "(ARN)", reason)[:_REASON_CHARACTERS]
