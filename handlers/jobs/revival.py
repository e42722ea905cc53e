"""The return of a job that had failed, by a message that was sent after that: somebody moved it out of the last queue.

A message that is moved back counts as sent anew, and has another id ("Learn how to configure a dead-letter queue
redrive", SQS developer guide). So the message itself says that it is meant, whoever moved it by whatever tool, and one
that was delivered twice or late does not bring back a job whose user has read that it failed.
"""

from __future__ import annotations

from . import table
from .job import FAILED, QUEUED, RUNNING
from .store import finish_by
from .table import ConditionFailed, JobTable

REVIVABLE = ("retries_exhausted", "expired", "not_processed")
"""The error codes of jobs for which another time may be better; a request that cannot be served is none of them."""

_FORGOTTEN = (
    "finished_at",
    "error_code",
    "error_message",
    "started_at",
    "tries",
    "hand_overs",
    "resumed_until",
    "result_location",
    "failure_location",
    "look_from",
)


def revive(job_table: JobTable, job_id: str, *, message_id: str, sent_at: float, maximum_age: int) -> bool:
    """Mark a job QUEUED again that had failed when this message was sent; return whether it is.

    ``sent_at`` is in seconds since 1970. A message revives a job once, however often it is delivered.
    """
    codes = {f":code_{number}": {"S": code} for number, code in enumerate(REVIVABLE)}
    try:
        item = job_table.update(
            job_id,
            {"status": {"S": QUEUED}, "revived_by": {"S": message_id}, "finish_by": finish_by(maximum_age)},
            condition="expires_at > :now AND (attribute_not_exists(revived_by) OR revived_by <> :new_revived_by) AND "
            f"((#status = :failed AND error_code IN ({', '.join(codes)}) AND finished_at < :sent_text) OR "
            "(finish_by < :sent AND (#status = :queued OR (#status = :running AND lease_expires_at < :now))))",
            values={
                **codes,
                ":failed": {"S": FAILED},
                ":queued": {"S": QUEUED},
                ":running": {"S": RUNNING},
                ":now": table.number_attribute(table.now()),
                ":sent": table.number_attribute(sent_at),
                ":sent_text": {"S": table.utc_timestamp(sent_at)},
            },
            also="REMOVE " + ", ".join(_FORGOTTEN),
        )
    except ConditionFailed as refusal:
        item = refusal.item
    return item.get("revived_by") == {"S": message_id} and item["status"] == {"S": QUEUED}
