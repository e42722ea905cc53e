"""The job table: one item a job, conditional writes, and a pointer to the latest finished job.

A job is QUEUED, then RUNNING under a lease that ends with the function's own time, then SUCCEEDED or FAILED. Only the
holder of the lease, or whoever finds it expired, moves a job on; an item past ``expires_at`` counts as absent.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from datetime import UTC, datetime
from typing import Any, NamedTuple

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

client = boto3.client(
    "dynamodb", config=Config(connect_timeout=2, read_timeout=4, retries={"mode": "standard", "total_max_attempts": 3})
)

QUEUED, RUNNING, SUCCEEDED, FAILED = "QUEUED", "RUNNING", "SUCCEEDED", "FAILED"
_LATEST = "latest"
_DAY = 86_400
_IDEMPOTENCY_SECONDS = _DAY

Item = dict[str, Any]


class JobIsRunning(Exception):
    """Somebody else holds the job's lease; to be tried again later."""


class Job(NamedTuple):
    """A job as it is in the table."""

    job_id: str
    status: str
    settings: dict[str, Any]
    created_at: str
    started_at: str
    finished_at: str
    images: list[dict[str, Any]]
    error_code: str
    error_message: str


def now() -> float:
    """Return the time in seconds since 1970; the tests turn this clock."""
    return time.time()


def moment(seconds: float | None = None) -> str:
    """Return a moment as ISO 8601 text in UTC; the current one by default."""
    return datetime.fromtimestamp(now() if seconds is None else seconds, UTC).isoformat(timespec="milliseconds")


def _table() -> str:
    return os.environ["JOBS_TABLE"]


def _is_refused(error: ClientError) -> bool:
    return bool(error.response["Error"]["Code"] == "ConditionalCheckFailedException")


def _get(key: str) -> Item | None:
    item = client.get_item(TableName=_table(), Key={"job_id": {"S": key}}, ConsistentRead=True).get("Item")
    if item is None or int(item["expires_at"]["N"]) <= now():
        return None
    return dict(item)


def create(job_id: str, settings: dict[str, Any], *, retention_days: int) -> None:
    """Write a new job, QUEUED."""
    item = {
        "job_id": {"S": job_id},
        "status": {"S": QUEUED},
        "request": {"S": json.dumps(settings)},
        "created_at": {"S": moment()},
        "expires_at": {"N": str(int(now()) + retention_days * _DAY)},
    }
    client.put_item(TableName=_table(), Item=item, ConditionExpression="attribute_not_exists(job_id)")


def _idempotency_item_key(key: str) -> str:
    return "idempotency#" + hashlib.sha256(key.encode()).hexdigest()


def claim(key: str, *, job_id: str, request_hash: str) -> tuple[str, str]:
    """Take an idempotency key for a job; return the job and request hash that hold it, which may be others.

    Of two claims at the same time one wins, and both get the winner's job.
    """
    item = {
        "job_id": {"S": _idempotency_item_key(key)},
        "target_job_id": {"S": job_id},
        "request_hash": {"S": request_hash},
        "expires_at": {"N": str(int(now()) + _IDEMPOTENCY_SECONDS)},
    }
    try:
        client.put_item(
            TableName=_table(),
            Item=item,
            ConditionExpression="attribute_not_exists(job_id) OR expires_at <= :now",
            ExpressionAttributeValues={":now": {"N": str(int(now()))}},
        )
    except ClientError as error:
        if not _is_refused(error):
            raise
        holder = _get(_idempotency_item_key(key))
        if holder is None:  # it expired between the two calls
            return claim(key, job_id=job_id, request_hash=request_hash)
        return holder["target_job_id"]["S"], holder["request_hash"]["S"]
    return job_id, request_hash


def read(job_id: str) -> Job | None:
    """Return the job, or nothing for an unknown or expired one."""
    item = _get(job_id)
    if item is None or "status" not in item:
        return None

    def text(name: str) -> str:
        return str(item.get(name, {}).get("S", ""))

    return Job(
        job_id=job_id,
        status=text("status"),
        settings=json.loads(text("request")),
        created_at=text("created_at"),
        started_at=text("started_at"),
        finished_at=text("finished_at"),
        images=json.loads(text("images") or "[]"),
        error_code=text("error_code"),
        error_message=text("error_message"),
    )


def read_latest() -> Job | None:
    """Return the job that finished last: two look-ups by key, however many images there are."""
    pointer = _get(_LATEST)
    return None if pointer is None else read(pointer["target_job_id"]["S"])


def _update(
    job_id: str,
    assignments: dict[str, Item],
    *,
    condition: str,
    values: dict[str, Item],
    return_old: bool = False,
) -> None:
    """Set attributes of a job that exists, if the condition holds; a refusal may bring the item along."""
    names = {f"#{name}": name for name in assignments}
    client.update_item(
        TableName=_table(),
        Key={"job_id": {"S": job_id}},
        UpdateExpression="SET " + ", ".join(f"#{name} = :new_{name}" for name in assignments),
        ConditionExpression=f"attribute_exists(job_id) AND ({condition})",
        ExpressionAttributeNames={**names, "#status": "status"},
        ExpressionAttributeValues={
            **{f":new_{name}": value for name, value in assignments.items()},
            **values,
        },
        ReturnValuesOnConditionCheckFailure="ALL_OLD" if return_old else "NONE",
    )


def _statuses(*statuses: str) -> dict[str, Item]:
    return {f":{status.lower()}": {"S": status} for status in statuses}


def start(job_id: str, *, lease_seconds: float) -> Job | None:
    """Mark a job RUNNING for so many seconds and return it; nothing when there is nothing left to do.

    Raises JobIsRunning while somebody else holds the lease.
    """
    try:
        _update(
            job_id,
            {
                "status": {"S": RUNNING},
                "started_at": {"S": moment()},
                "lease_expires_at": {"N": str(int(now() + lease_seconds) + 1)},
            },
            condition="#status = :queued OR (#status = :running AND lease_expires_at < :now)",
            values={**_statuses(QUEUED, RUNNING), ":now": {"N": str(int(now()))}},
        )
    except ClientError as error:
        if not _is_refused(error):
            raise
        job = read(job_id)
        if job is not None and job.status == RUNNING:
            raise JobIsRunning(f"job {job_id} is being worked on") from None
        return None
    return read(job_id)


def give_back(job_id: str) -> None:
    """Mark a running job QUEUED again, for the next try."""
    _update_quietly(job_id, {"status": {"S": QUEUED}}, condition="#status = :running", values=_statuses(RUNNING))


def succeed(job_id: str, images: list[dict[str, Any]], *, retention_days: int) -> None:
    """Mark a running job SUCCEEDED with its images, and let the latest image be its own."""
    finished = moment()
    done = {"status": {"S": SUCCEEDED}, "finished_at": {"S": finished}, "images": {"S": json.dumps(images)}}
    _update_quietly(job_id, done, condition="#status = :running", values=_statuses(RUNNING))
    pointer = {
        "job_id": {"S": _LATEST},
        "target_job_id": {"S": job_id},
        "finished_at": {"S": finished},
        "expires_at": {"N": str(int(now()) + retention_days * _DAY)},
    }
    try:
        client.put_item(
            TableName=_table(),
            Item=pointer,
            ConditionExpression="attribute_not_exists(job_id) OR finished_at < :finished",
            ExpressionAttributeValues={":finished": {"S": finished}},
        )
    except ClientError as error:
        if not _is_refused(error):  # a later one is there already
            raise


def fail(job_id: str, *, code: str, message: str) -> None:
    """Mark a job FAILED with a reason that a person understands, unless it has ended already."""
    _update_quietly(
        job_id,
        _failure(code, message),
        condition="#status = :queued OR #status = :running",
        values=_statuses(QUEUED, RUNNING),
    )


def fail_abandoned(job_id: str, *, code: str, message: str) -> None:
    """Mark a job FAILED unless it has ended, or is still being worked on: then JobIsRunning is raised."""
    try:
        _update(
            job_id,
            _failure(code, message),
            condition="#status = :queued OR (#status = :running AND lease_expires_at < :now)",
            values={**_statuses(QUEUED, RUNNING), ":now": {"N": str(int(now()))}},
            return_old=True,
        )
    except ClientError as error:
        if not _is_refused(error):
            raise
        # The refusal brings the item with it: no further call, and no further permission, is needed.
        found: Any = error.response.get("Item", {})
        if found.get("status", {}).get("S") == RUNNING:
            raise JobIsRunning(f"job {job_id} is being worked on") from None


def _failure(code: str, message: str) -> dict[str, Item]:
    return {
        "status": {"S": FAILED},
        "finished_at": {"S": moment()},
        "error_code": {"S": code},
        "error_message": {"S": message},
    }


def _update_quietly(job_id: str, assignments: dict[str, Item], *, condition: str, values: dict[str, Item]) -> None:
    """Update if the condition holds; somebody who was faster is no error."""
    try:
        _update(job_id, assignments, condition=condition, values=values)
    except ClientError as error:
        if not _is_refused(error):
            raise
