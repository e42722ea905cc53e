"""A pointer to each owner's latest finished job, an item of the job table."""

from __future__ import annotations

from contextlib import suppress

from . import table
from .job import Job
from .table import ConditionFailed, JobTable

_LATEST = "latest"


def read_latest_id(job_table: JobTable, *, owner: str) -> str:
    """Return the id of the owner's job that finished last, or nothing."""
    pointer = job_table.get(_key_of(owner))
    return "" if pointer is None else str(pointer["target_job_id"]["S"])


def point_to(job_table: JobTable, job: Job) -> None:
    """Let this job be its owner's latest, unless a later one is."""
    pointer = {
        "job_id": {"S": _key_of(job.owner)},
        "target_job_id": {"S": job.job_id},
        "finished_at": {"S": job.finished_at},
        "expires_at": table.number_attribute(job.expires_at),
    }
    with suppress(ConditionFailed):
        job_table.put(
            pointer,
            condition="attribute_not_exists(job_id) OR finished_at < :finished",
            values={":finished": {"S": job.finished_at}},
        )


def _key_of(owner: str) -> str:
    return f"{_LATEST}#{owner}" if owner else _LATEST
