"""Patience with permissions: CloudFormation's CREATE_COMPLETE of a policy comes before IAM knows it everywhere."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from botocore.exceptions import ClientError

from handlers.common.logs import logger

PAUSES_SECONDS = (1, 2, 4, 8, 16)
_REFUSALS = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "403"})

Result = TypeVar("Result")


def retry_refused(work: Callable[[], Result]) -> Result:
    """Do the work again, after longer and longer pauses, while a call in it is refused; half a minute in all.

    The work must be one that may be done twice. Raises the last refusal when that is still one.
    """
    for pause in PAUSES_SECONDS:
        try:
            return work()
        except ClientError as error:
            if error.response["Error"]["Code"] not in _REFUSALS:
                raise
            logger.warning("refused so far", extra={"operation": error.operation_name, "pause": pause})
        time.sleep(pause)
    return work()
