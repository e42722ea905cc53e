"""The job table: its clock, reads by key and conditional writes.

The SDK repeats a write whose response got lost, and the table then refuses what it has just done. So a refusal brings
the item along, for the writer to see whose it is. What the table cannot do at the moment is Unavailable: the API says
so.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from handlers.common.aws import make_client
from handlers.common.errors import Unavailable
from handlers.common.logs import logger

client = make_client(
    "dynamodb", config=Config(connect_timeout=2, read_timeout=4, retries={"mode": "standard", "total_max_attempts": 3})
)

Item = dict[str, Any]


class ConditionFailed(Exception):
    """The condition of a write did not hold: of ``item``, which is empty where there is none."""

    def __init__(self, item: Item) -> None:
        """Keep the item."""
        super().__init__("the condition of a write did not hold")
        self.item = item


def now() -> float:
    """Return the time in seconds since 1970; the tests turn this clock."""
    return time.time()


def utc_timestamp(seconds: float | None = None) -> str:
    """Return a moment as ISO 8601 text in UTC; the current one by default."""
    return datetime.fromtimestamp(now() if seconds is None else seconds, UTC).isoformat(timespec="milliseconds")


def number_attribute(value: float) -> Item:
    """Return a whole number as the table holds it."""
    return {"N": str(int(value))}


class JobTable:
    """The DynamoDB table of this name, whose key is ``job_id``."""

    def __init__(self, name: str) -> None:
        """Keep the name."""
        self.name = name

    def get(self, key: str) -> Item | None:
        """Return an item that has not expired."""
        item = self._call(client.get_item, Key={"job_id": {"S": key}}, ConsistentRead=True).get("Item")
        if item is None or int(item["expires_at"]["N"]) <= now():
            return None
        return dict(item)

    def put(self, item: Item, *, condition: str, values: Mapping[str, Item] | None = None) -> None:
        """Write an item if the condition holds of what is there; raises ConditionFailed where it does not."""
        given = {"ExpressionAttributeValues": values} if values else {}
        self._call(
            client.put_item,
            Item=item,
            ConditionExpression=condition,
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
            **given,
        )

    def update(
        self,
        job_id: str,
        assignments: Mapping[str, Item],
        *,
        condition: str,
        values: Mapping[str, Item],
        also: str = "",
    ) -> Item:
        """Set attributes of a job that exists and return the item; raises ConditionFailed where the condition fails.

        ``also`` is the rest of the update expression, after its ``SET``.
        """
        response = self._call(
            client.update_item,
            Key={"job_id": {"S": job_id}},
            UpdateExpression="SET " + ", ".join(f"#{field} = :new_{field}" for field in assignments) + f" {also}",
            ConditionExpression=f"attribute_exists(job_id) AND ({condition})",
            ExpressionAttributeNames={**{f"#{field}": field for field in assignments}, "#status": "status"},
            ExpressionAttributeValues={**{f":new_{field}": value for field, value in assignments.items()}, **values},
            ReturnValues="ALL_NEW",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
        return dict(response["Attributes"])

    def _call(self, operation: Callable[..., Any], **parameters: object) -> Any:
        try:
            return operation(TableName=self.name, **parameters)
        except client.exceptions.ConditionalCheckFailedException as error:
            item: Any = error.response.get("Item", {})
            raise ConditionFailed(item) from None
        except (ClientError, BotoCoreError) as error:
            logger.warning("the job table cannot be reached", extra={"reason": str(error)})
            raise Unavailable("the jobs cannot be reached at the moment; try again shortly", retry_after=5) from error
