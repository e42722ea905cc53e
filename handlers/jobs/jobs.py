"""The life of a job, one item of the job table each, and a pointer to the latest finished job.

A job is QUEUED, then RUNNING under a lease that ends with the function's own time, then SUCCEEDED or FAILED. Only the
holder of the lease, or whoever finds it expired, moves a job on. An item past ``expires_at`` counts as absent, and a
job that has not ended by ``finish_by`` as FAILED, whatever became of those who should have said so.
"""

from __future__ import annotations

import json
import re
import uuid
from contextlib import suppress
from typing import Any, NamedTuple

from . import table
from .table import Item

ID = re.compile(r"[0-9a-f]{32}")
"""What a job is called; the table has other items too."""

QUEUED, RUNNING, SUCCEEDED, FAILED = "QUEUED", "RUNNING", "SUCCEEDED", "FAILED"
_LATEST = "latest"
_DAY = 86_400
# The function that hands a job on has ended by then.
_DISPATCH_SECONDS = 20
# Beyond the longest age of an event: its last try, the way to the queue and back, and some tries to mark the job.
_GRACE_SECONDS = 900
NOT_STARTED = "not_started"


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
    results: list[dict[str, Any]]
    error_code: str
    error_message: str
    dispatch_by: int
    expires_at: int
    lease_holder: str

    @property
    def is_orphaned(self) -> bool:
        """Whether the job was written by a function that ended before it could hand it on, as far as one can know."""
        return self.status == QUEUED and not self.started_at and self.dispatch_by < table.now()


def create(job_id: str, settings: dict[str, Any], *, writer: str, retention_days: int, maximum_age: int) -> bool:
    """Write a new job, QUEUED; return whether this writer did, and no other one at the same time.

    ``maximum_age`` is for how many seconds Lambda keeps the job's event.
    """
    item = {
        "job_id": {"S": job_id},
        "status": {"S": QUEUED},
        "request": {"S": json.dumps(settings)},
        "created_at": {"S": table.utc_timestamp()},
        "written_by": {"S": writer},
        "dispatch_by": table.number_attribute(table.now() + _DISPATCH_SECONDS),
        "finish_by": table.number_attribute(table.now() + maximum_age + _GRACE_SECONDS),
        "expires_at": table.number_attribute(table.now() + retention_days * _DAY),
    }
    try:
        table.put(item, condition="attribute_not_exists(job_id)")
    except table.ConditionFailed as refusal:
        return bool(refusal.item.get("written_by") == {"S": writer})
    return True


def read(job_id: str) -> Job | None:
    """Return the job, or nothing for an unknown or expired one."""
    item = table.get(job_id)
    return None if item is None or "status" not in item else _job_of(item)


def _job_of(item: Item) -> Job:
    def text(name: str) -> str:
        return str(item.get(name, {}).get("S", ""))

    def whole(name: str) -> int:
        return int(item.get(name, {}).get("N", 0))

    job = Job(
        job_id=text("job_id"),
        status=text("status"),
        settings=json.loads(text("request")),
        created_at=text("created_at"),
        started_at=text("started_at"),
        finished_at=text("finished_at"),
        results=json.loads(text("results") or "[]"),
        error_code=text("error_code"),
        error_message=text("error_message"),
        dispatch_by=whole("dispatch_by"),
        expires_at=whole("expires_at"),
        lease_holder=text("lease_holder"),
    )
    works = job.status == RUNNING and whole("lease_expires_at") >= int(table.now())
    if job.finished_at or works or whole("finish_by") > table.now():
        return job
    return job._replace(
        status=FAILED,
        finished_at=table.utc_timestamp(whole("finish_by")),
        error_code="expired",
        error_message="The job could not be finished in time; please try again.",
    )


def read_latest() -> Job | None:
    """Return the job that finished last: two look-ups by key, however many jobs there are."""
    pointer = table.get(_LATEST)
    return None if pointer is None else read(pointer["target_job_id"]["S"])


def _statuses(*names: str) -> dict[str, Item]:
    return {f":{name.lower()}": {"S": name} for name in names}


def start(job_id: str, *, lease_seconds: float) -> Job | None:
    """Mark a job RUNNING for so many seconds and return it; nothing when there is nothing left to do.

    Raises JobIsRunning while somebody else holds the lease.
    """
    holder = uuid.uuid4().hex
    try:
        item = table.update(
            job_id,
            {
                "status": {"S": RUNNING},
                "started_at": {"S": table.utc_timestamp()},
                "lease_expires_at": table.number_attribute(int(table.now() + lease_seconds) + 1),
                "lease_holder": {"S": holder},
            },
            condition="finish_by > :now AND (#status = :queued OR (#status = :running AND lease_expires_at < :now))",
            values={**_statuses(QUEUED, RUNNING), ":now": table.number_attribute(table.now())},
        )
    except table.ConditionFailed as refusal:
        item = refusal.item
        status = item.get("status", {}).get("S")
        if status == RUNNING and item.get("lease_holder") != {"S": holder}:
            raise JobIsRunning(f"job {job_id} is being worked on") from None
        if status == SUCCEEDED:
            _point_to(_job_of(item))  # who marked it may have come no further
        if status != RUNNING:
            return None
    return _job_of(item)


def _change(job: Job, assignments: dict[str, Item]) -> bool:
    """Change a job if its lease is still that of this one; return whether it was."""
    try:
        table.update(
            job.job_id,
            assignments,
            condition="#status = :running AND lease_holder = :holder",
            values={**_statuses(RUNNING), ":holder": {"S": job.lease_holder}},
        )
    except table.ConditionFailed as refusal:
        item = refusal.item
        return item.get("lease_holder") == {"S": job.lease_holder} and item["status"] == assignments["status"]
    return True


def requeue(job: Job) -> None:
    """Mark a running job QUEUED again, for the next try."""
    _change(job, {"status": {"S": QUEUED}})


def succeed(job: Job, results: list[dict[str, Any]]) -> None:
    """Mark a running job SUCCEEDED with its results, and let it be the latest."""
    finished = table.utc_timestamp()
    done = {"status": {"S": SUCCEEDED}, "finished_at": {"S": finished}, "results": {"S": json.dumps(results)}}
    if _change(job, done):
        _point_to(job._replace(finished_at=finished))


def _point_to(job: Job) -> None:
    """Let this job be the latest, unless a later one is."""
    pointer = {
        "job_id": {"S": _LATEST},
        "target_job_id": {"S": job.job_id},
        "finished_at": {"S": job.finished_at},
        "expires_at": table.number_attribute(job.expires_at),
    }
    with suppress(table.ConditionFailed):
        table.put(
            pointer,
            condition="attribute_not_exists(job_id) OR finished_at < :finished",
            values={":finished": {"S": job.finished_at}},
        )


def fail(job: Job, *, code: str, message: str) -> None:
    """Mark a running job FAILED with a reason that a person understands."""
    _change(job, _failure(code, message))


def fail_unstarted(job_id: str, *, message: str) -> bool:
    """Mark a job FAILED that was not handed on; return whether it was not, as nobody has begun with it."""
    try:
        table.update(
            job_id,
            _failure(NOT_STARTED, message),
            condition="#status = :queued AND attribute_not_exists(started_at)",
            values=_statuses(QUEUED),
        )
    except table.ConditionFailed as refusal:
        return refusal.item.get("error_code") == {"S": NOT_STARTED}
    return True


def fail_unfinished(job_id: str, *, code: str, message: str) -> bool:
    """Mark a job FAILED unless it has ended; return whether this did it.

    Raises JobIsRunning while the job is being worked on.
    """
    try:
        table.update(
            job_id,
            _failure(code, message),
            condition="#status = :queued OR (#status = :running AND lease_expires_at < :now)",
            values={**_statuses(QUEUED, RUNNING), ":now": table.number_attribute(table.now())},
        )
    except table.ConditionFailed as refusal:
        if refusal.item.get("status") == {"S": RUNNING}:
            raise JobIsRunning(f"job {job_id} is being worked on") from None
        return False
    return True


def _failure(code: str, message: str) -> dict[str, Item]:
    return {
        "status": {"S": FAILED},
        "finished_at": {"S": table.utc_timestamp()},
        "error_code": {"S": code},
        "error_message": {"S": message},
    }
