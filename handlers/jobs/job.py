"""A job: its states, and what is known of it."""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple

from . import table
from .table import Item

QUEUED, RUNNING, SUCCEEDED, FAILED = "QUEUED", "RUNNING", "SUCCEEDED", "FAILED"
NOT_STARTED = "not_started"
"""The error code of a job whose event could not be sent, and whose id no client was given."""

_ID = re.compile(r"[0-9a-f]{32}")


def is_job_id(text: str) -> bool:
    """Whether a job could have this id; the table has other items too."""
    return _ID.fullmatch(text) is not None


class Job(NamedTuple):
    """A job as it is in the table; ``settings`` are what it was submitted with, ``owner`` is the caller who did."""

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
    dispatched_at: str
    expires_at: int
    lease_holder: str
    hand_overs: int
    result_location: str
    failure_location: str
    look_from: int
    tries: int
    owner: str

    @property
    def awaits_result(self) -> bool:
        """Whether the model has had the job for so long that it is worth a look whether its result has come."""
        return self.status == RUNNING and self.hand_overs > 0 and self.look_from <= table.now()

    @property
    def is_accepted(self) -> bool:
        """Whether the job goes on, or has ended, without anybody who sends its event, as far as is known."""
        if self.status == QUEUED:
            return bool(self.started_at or self.dispatched_at)
        return self.error_code != NOT_STARTED

    def as_response(self) -> dict[str, object]:
        """Return what any application says of a job: id, status, the moments of its life and its error."""
        body: dict[str, object] = {"job_id": self.job_id, "status": self.status, "created_at": self.created_at}
        if self.started_at:
            body["started_at"] = self.started_at
        if self.finished_at:
            body["finished_at"] = self.finished_at
        if self.status == FAILED:
            body["error"] = {"code": self.error_code, "message": self.error_message}
        return body


def job_of_item(item: Item) -> Job:
    """Return the job of an item; one that has not ended by ``finish_by`` counts as FAILED."""

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
        dispatched_at=text("dispatched_at"),
        expires_at=whole("expires_at"),
        lease_holder=text("lease_holder"),
        hand_overs=whole("hand_overs"),
        result_location=text("result_location"),
        failure_location=text("failure_location"),
        look_from=whole("look_from"),
        tries=whole("tries"),
        owner=text("owner"),
    )
    is_leased = job.status == RUNNING and whole("lease_expires_at") >= int(table.now())
    if job.finished_at or is_leased or whole("finish_by") > table.now():
        return job
    return job._replace(
        status=FAILED,
        finished_at=table.utc_timestamp(whole("finish_by")),
        error_code="expired",
        error_message="The job could not be finished in time; please try again.",
    )
