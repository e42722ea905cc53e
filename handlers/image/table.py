"""The job table: its clock, reads by key and conditional writes.

The SDK repeats a write whose answer got lost, and the table then refuses what it has just done. So a refusal brings the
item along, for the writer to see whose it is.
"""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

client = boto3.client(
    "dynamodb", config=Config(connect_timeout=2, read_timeout=4, retries={"mode": "standard", "total_max_attempts": 3})
)

Item = dict[str, Any]


def now() -> float:
    """Return the time in seconds since 1970; the tests turn this clock."""
    return time.time()


def moment(seconds: float | None = None) -> str:
    """Return a moment as ISO 8601 text in UTC; the current one by default."""
    return datetime.fromtimestamp(now() if seconds is None else seconds, UTC).isoformat(timespec="milliseconds")


def name() -> str:
    """Return the table's name."""
    return os.environ["JOBS_TABLE"]


def number(value: float) -> Item:
    """Return a whole number as the table holds it."""
    return {"N": str(int(value))}


def is_refused(error: ClientError) -> bool:
    """Whether the condition of a write did not hold."""
    return bool(error.response["Error"]["Code"] == "ConditionalCheckFailedException")


def found(error: ClientError) -> Item:
    """Return the item that a refused write has met; raises the error if it is another one."""
    if not is_refused(error):
        raise error
    item: Any = error.response.get("Item", {})
    return dict(item)


def get(key: str) -> Item | None:
    """Return an item that has not expired."""
    item = client.get_item(TableName=name(), Key={"job_id": {"S": key}}, ConsistentRead=True).get("Item")
    if item is None or int(item["expires_at"]["N"]) <= now():
        return None
    return dict(item)


def update(job_id: str, assignments: dict[str, Item], *, condition: str, values: dict[str, Item]) -> Item:
    """Set attributes of a job that exists, if the condition holds, and return the item."""
    names = {f"#{field}": field for field in assignments}
    answer = client.update_item(
        TableName=name(),
        Key={"job_id": {"S": job_id}},
        UpdateExpression="SET " + ", ".join(f"#{field} = :new_{field}" for field in assignments),
        ConditionExpression=f"attribute_exists(job_id) AND ({condition})",
        ExpressionAttributeNames={**names, "#status": "status"},
        ExpressionAttributeValues={
            **{f":new_{field}": value for field, value in assignments.items()},
            **values,
        },
        ReturnValues="ALL_NEW",
        ReturnValuesOnConditionCheckFailure="ALL_OLD",
    )
    return dict(answer["Attributes"])
