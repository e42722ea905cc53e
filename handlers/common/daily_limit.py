"""Daily limit: how many requests of each caller may reach the model between two midnights, UTC.

A request counts before the model is called, so that no number of requests at the same time passes the limit, and what
comes of it makes no difference. A request that cannot be counted is refused: a limit that holds only while its table
responds would not be one, and whoever sends more than the table takes would have none.
"""

from __future__ import annotations

import time
from typing import NoReturn

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from .aws import make_client
from .errors import DailyLimitReached, Unavailable
from .http import Request
from .logs import logger
from .metrics import emit

_DAY = 86_400
# The SDK tries again where a response got lost, and the request then counts twice: rarely, and against nobody else.
_CONFIG = Config(connect_timeout=2, read_timeout=2, retries={"mode": "standard", "total_max_attempts": 2})


def now() -> float:
    """Return the time in seconds since 1970; the tests turn this clock."""
    return time.time()


class DailyLimit:
    """So many requests a day of each caller, and the table that counts them: an item for each caller and day."""

    def __init__(self, table: str, requests: int, *, stack_name: str) -> None:
        """Keep the limit; without a table there is none, and no client is made."""
        self._table = table
        self._requests = requests
        self._stack_name = stack_name
        self._client = make_client("dynamodb", config=_CONFIG) if table else None

    def count(self, request: Request, *, operation: str) -> None:
        """Count a request.

        Raises DailyLimitReached where the caller's day is used up, and Unavailable where it cannot be counted.
        """
        if self._client is None:
            return
        moment = int(now())
        midnight = moment - moment % _DAY + _DAY
        try:
            self._client.update_item(
                TableName=self._table,
                Key={"caller": {"S": request.caller}, "day": {"S": _date(moment)}},
                UpdateExpression="ADD requests :one SET expires_at = :expiry",
                ConditionExpression="attribute_not_exists(requests) OR requests < :limit",
                ExpressionAttributeValues={
                    ":one": {"N": "1"},
                    ":limit": {"N": str(self._requests)},
                    ":expiry": {"N": str(midnight + _DAY)},  # a day later than needed, for clocks that go wrong
                },
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            self._refuse(request, operation, retry_after=midnight - moment)
        except (ClientError, BotoCoreError) as error:
            logger.warning("the request cannot be counted", extra={"reason": str(error)})
            raise Unavailable(
                "the request cannot be counted at the moment; try again shortly", retry_after=5
            ) from error

    def _refuse(self, request: Request, operation: str, *, retry_after: int) -> NoReturn:
        emit(
            {"DailyLimitReached": (1, "Count")},
            stack_name=self._stack_name,
            operation=operation,
            request_id=request.request_id,
        )
        message = f"this day's {self._requests} requests are used up; the next day begins at midnight, UTC"
        raise DailyLimitReached(message, retry_after=retry_after) from None


def _date(moment: int) -> str:
    return time.strftime("%Y-%m-%d", time.gmtime(moment))
