"""The life of a job, one item of the job table each.

A job is QUEUED, then RUNNING under a lease that ends with the function's own time, then SUCCEEDED or FAILED. Only the
holder of the lease, or whoever finds it expired, moves a job on. Where the model's response comes later, the job is
handed over: the lease lasts as long as the model may take, and who has the response resumes the job, whoever holds it.
An item past ``expires_at`` counts as absent, and a job that has not ended by ``finish_by`` as FAILED, even if the
function that must write that never runs.
"""

from __future__ import annotations

import json
import uuid
from contextlib import suppress
from typing import Any

from . import table
from .job import FAILED, NOT_STARTED, QUEUED, RUNNING, SUCCEEDED, Job, is_job_id, job_of_item
from .latest import point_to, read_latest_id
from .table import ConditionFailed, Item, JobTable

_DAY = 86_400
# Beyond the longest age of an event: its last try, the way to the queue and back, and some tries to mark the job.
_GRACE_SECONDS = 900
# As a condition: nobody is known to have sent the job's event.
_UNSENT = "#status = :queued AND attribute_not_exists(started_at) AND attribute_not_exists(dispatched_at)"
# A response that comes later is told of within seconds: so long after the hand-over it is worth a look.
_LOOK_SECONDS = 60
DISPATCH_SECONDS = 20
"""For so long a job is reserved for the request that sends its event; the function that serves it has ended by then."""


class JobIsRunning(Exception):
    """Another invocation holds the job's lease; to be tried again later."""


class JobStore:
    """The jobs of a table, and the only ways in which one changes."""

    def __init__(self, table: JobTable) -> None:
        """Keep the table."""
        self._table = table

    def create(
        self,
        job_id: str,
        settings: dict[str, Any],
        *,
        owner: str,
        dispatcher: str,
        retention_days: int,
        maximum_age: int,
    ) -> bool:
        """Write a new job, QUEUED; return whether this dispatcher did, and no other one at the same time.

        ``maximum_age`` is for how many seconds Lambda keeps the job's event.
        """
        item = {
            "job_id": {"S": job_id},
            "status": {"S": QUEUED},
            "request": {"S": json.dumps(settings)},
            "created_at": {"S": table.utc_timestamp()},
            **({"owner": {"S": owner}} if owner else {}),
            **_reservation(dispatcher, maximum_age),
            "expires_at": table.number_attribute(table.now() + retention_days * _DAY),
        }
        try:
            self._table.put(item, condition="attribute_not_exists(job_id)")
        except ConditionFailed as refusal:
            return bool(refusal.item.get("dispatcher") == {"S": dispatcher})
        return True

    def reserve_dispatch(self, job_id: str, *, dispatcher: str, maximum_age: int) -> bool:
        """Reserve a job whose event nobody is known to have sent; return whether this dispatcher may send it now."""
        try:
            self._table.update(
                job_id,
                _reservation(dispatcher, maximum_age),
                condition=f"{_UNSENT} AND dispatch_by < :now",
                values={**_statuses(QUEUED), ":now": table.number_attribute(table.now())},
            )
        except ConditionFailed as refusal:
            return bool(refusal.item.get("dispatcher") == {"S": dispatcher})
        return True

    def mark_dispatched(self, job_id: str) -> None:
        """Note that the event of a job was sent, unless the job shows it by itself."""
        sent = {"dispatched_at": {"S": table.utc_timestamp()}}
        with suppress(ConditionFailed):
            self._table.update(job_id, sent, condition="#status = :queued", values=_statuses(QUEUED))

    def read(self, job_id: str, *, owner: str) -> Job | None:
        """Return the job, or None for an unknown or expired one, and in the same way for one of somebody else."""
        job = self.find(job_id)
        return job if job and job.owner == owner else None

    def find(self, job_id: str) -> Job | None:
        """Return the job whoever it belongs to: for what works on jobs, and never for a caller's request."""
        item = self._table.get(job_id) if is_job_id(job_id) else None
        return None if item is None else job_of_item(item)

    def read_latest(self, *, owner: str) -> Job | None:
        """Return the owner's job that finished last: two look-ups by key, however many jobs there are."""
        return self.read(read_latest_id(self._table, owner=owner), owner=owner)

    def start(self, job_id: str, *, lease_seconds: float) -> Job | None:
        """Mark a job RUNNING for so many seconds and return it; None when there is nothing left to do.

        Raises JobIsRunning while another invocation holds the lease.
        """
        holder = uuid.uuid4().hex
        try:
            item = self._table.update(
                job_id,
                {
                    "status": {"S": RUNNING},
                    "started_at": {"S": table.utc_timestamp()},
                    "lease_expires_at": table.number_attribute(int(table.now() + lease_seconds) + 1),
                    "lease_holder": {"S": holder},
                },
                condition="finish_by > :now AND attribute_not_exists(hand_overs) AND "
                "(#status = :queued OR (#status = :running AND lease_expires_at < :now))",
                values={
                    **_statuses(QUEUED, RUNNING),
                    ":now": table.number_attribute(table.now()),
                    ":one": table.number_attribute(1),
                },
                also="ADD tries :one",
            )
        except ConditionFailed as refusal:
            item = refusal.item
            status = item.get("status", {}).get("S")
            if status == RUNNING and "hand_overs" in item:
                return None  # what the model makes of it is for whoever resumes it
            if status == RUNNING and item.get("lease_holder") != {"S": holder}:
                raise JobIsRunning(f"job {job_id} is being worked on") from None
            if status == SUCCEEDED:
                point_to(self._table, job_of_item(item))  # the invocation that marked it may have ended right after
            if status != RUNNING:
                return None
        return job_of_item(item)

    def hand_over(self, job: Job, *, result: str, failure: str, seconds: int) -> None:
        """Note that the model has a running job, whose response will be one of these objects within so many seconds."""
        end = table.now() + seconds
        handed_over = {
            "status": {"S": RUNNING},
            "hand_overs": table.number_attribute(job.hand_overs + 1),
            "result_location": {"S": result},
            "failure_location": {"S": failure},
            "look_from": table.number_attribute(table.now() + _LOOK_SECONDS),
            "resumed_until": table.number_attribute(0),
            "lease_expires_at": table.number_attribute(end + _GRACE_SECONDS),
            "finish_by": table.number_attribute(end + _GRACE_SECONDS),
        }
        self._change(job, handed_over)  # unless it was resumed already: a response may be faster than this note

    def resume(self, job_id: str, *, hand_over: int, lease_seconds: float) -> Job | None:
        """Take a job for so many seconds because of a response to this hand-over, or an earlier one, of its request.

        None when there is nothing left to do. Raises JobIsRunning while another invocation has resumed it.
        """
        holder = uuid.uuid4().hex
        end = table.number_attribute(int(table.now() + lease_seconds) + 1)
        resumed = {
            "status": {"S": RUNNING},
            "lease_holder": {"S": holder},
            "lease_expires_at": end,
            "resumed_until": end,
        }
        now, latest = table.number_attribute(table.now()), table.number_attribute(hand_over)
        try:
            item = self._table.update(
                job_id,
                resumed,
                condition="finish_by > :now AND (#status = :queued OR #status = :running) AND "
                "(attribute_not_exists(resumed_until) OR resumed_until < :now) AND "
                "(attribute_not_exists(hand_overs) OR hand_overs <= :latest)",
                values={**_statuses(QUEUED, RUNNING), ":now": now, ":latest": latest},
            )
        except ConditionFailed as refusal:
            item = refusal.item
            if item.get("lease_holder") != {"S": holder}:
                self._leave_to_others(item, hand_over)
                return None
        return job_of_item(item)

    def _leave_to_others(self, item: Item, hand_over: int) -> None:
        """Raise JobIsRunning if somebody has resumed this job now; all else that cannot be resumed is left alone."""
        status = item.get("status", {}).get("S")
        if status == SUCCEEDED:
            point_to(self._table, job_of_item(item))  # the invocation that marked it may have ended right after
        is_stale = int(item.get("hand_overs", {}).get("N", 0)) > hand_over
        is_over = int(item.get("finish_by", {}).get("N", 0)) <= table.now()
        if status in (QUEUED, RUNNING) and not is_stale and not is_over:
            raise JobIsRunning(f"job {item['job_id']['S']} is being worked on")

    def release(self, job: Job) -> None:
        """Let a job that was resumed be resumed again, or given up."""
        nobody = table.number_attribute(0)
        self._change(job, {"status": {"S": RUNNING}, "lease_expires_at": nobody, "resumed_until": nobody})

    def requeue(self, job: Job) -> None:
        """Mark a running job QUEUED again, for the next try."""
        self._change(job, {"status": {"S": QUEUED}})

    def succeed(self, job: Job, results: list[dict[str, Any]]) -> None:
        """Mark a running job SUCCEEDED with its results, and let it be the latest."""
        finished = table.utc_timestamp()
        done = {"status": {"S": SUCCEEDED}, "finished_at": {"S": finished}, "results": {"S": json.dumps(results)}}
        if self._change(job, done):
            point_to(self._table, job._replace(finished_at=finished))

    def fail(self, job: Job, *, code: str, message: str) -> None:
        """Mark a running job FAILED with a reason that a person understands."""
        self._change(job, _failure(code, message))

    def fail_unstarted(self, job_id: str, *, dispatcher: str, message: str) -> Job:
        """Mark a job FAILED whose event this dispatcher could not send, unless it goes on all the same; return it."""
        try:
            item = self._table.update(
                job_id,
                _failure(NOT_STARTED, message),
                condition=f"{_UNSENT} AND dispatcher = :dispatcher",
                values={**_statuses(QUEUED), ":dispatcher": {"S": dispatcher}},
            )
        except ConditionFailed as refusal:
            item = refusal.item
        return job_of_item(item)

    def fail_unfinished(self, job_id: str, *, code: str, message: str) -> bool:
        """Mark a job FAILED unless it has ended; return whether this did it.

        Raises JobIsRunning while the job is being worked on.
        """
        try:
            self._table.update(
                job_id,
                _failure(code, message),
                condition="#status = :queued OR (#status = :running AND lease_expires_at < :now)",
                values={**_statuses(QUEUED, RUNNING), ":now": table.number_attribute(table.now())},
            )
        except ConditionFailed as refusal:
            if refusal.item.get("status") == {"S": RUNNING}:
                raise JobIsRunning(f"job {job_id} is being worked on") from None
            return False
        return True

    def _change(self, job: Job, assignments: dict[str, Item]) -> bool:
        """Change a job if its lease is still that of this one; return whether it was."""
        try:
            self._table.update(
                job.job_id,
                assignments,
                condition="#status = :running AND lease_holder = :holder",
                values={**_statuses(RUNNING), ":holder": {"S": job.lease_holder}},
            )
        except ConditionFailed as refusal:
            item = refusal.item
            return item.get("lease_holder") == {"S": job.lease_holder} and item["status"] == assignments["status"]
        return True


def finish_by(maximum_age: int) -> Item:
    """Return the last moment of a job whose event is sent now, and kept for so many seconds."""
    return table.number_attribute(table.now() + maximum_age + _GRACE_SECONDS)


def _reservation(dispatcher: str, maximum_age: int) -> dict[str, Item]:
    return {
        "dispatcher": {"S": dispatcher},
        "dispatch_by": table.number_attribute(table.now() + DISPATCH_SECONDS),
        "finish_by": finish_by(maximum_age),
    }


def _statuses(*names: str) -> dict[str, Item]:
    return {f":{name.lower()}": {"S": name} for name in names}


def _failure(code: str, message: str) -> dict[str, Item]:
    return {
        "status": {"S": FAILED},
        "finished_at": {"S": table.utc_timestamp()},
        "error_code": {"S": code},
        "error_message": {"S": message},
    }
