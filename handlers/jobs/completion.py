"""What is said of the response to a request that a job was handed over with, and by whom.

SageMaker says it through SNS, at least once and in any order ("Check prediction results", SageMaker developer guide).
The function that shows jobs says it by an event of its own when SageMaker's message got lost.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from .job import Job, is_job_id

_SUCCEEDED = "Completed"


class Completion(NamedTuple):
    """The response to the hand-over of this number, by its S3 URI; empty where it failed, for this reason."""

    job_id: str
    hand_over: int
    result: str
    reason: str


def inference_id(job: Job) -> str:
    """Return the id of the request with which a job is handed over next: the job's own, and which time it is."""
    return f"{job.job_id}-{job.hand_overs + 1}"


def read_completion(event: Mapping[str, Any]) -> Completion:
    """Return what an event says; raises ValueError, LookupError or TypeError where it is none of the known ones."""
    if "job_id" in event:
        return Completion(_checked(event["job_id"]), int(event["hand_over"]), event.get("result", ""), "unknown")
    message = json.loads(event["Records"][0]["Sns"]["Message"])
    job_id, _, number = message["inferenceId"].partition("-")
    succeeded = message["invocationStatus"] == _SUCCEEDED
    return Completion(
        _checked(job_id),
        int(number),
        message["responseParameters"]["outputLocation"] if succeeded else "",
        str(message.get("failureReason", "")),
    )


def job_id_of(event: Mapping[str, Any]) -> str:
    """Return the job of any event that a function of jobs may get; raises as ``read_completion`` does."""
    return read_completion(event).job_id if "Records" in event else _checked(event["job_id"])


def _checked(job_id: object) -> str:
    if not isinstance(job_id, str) or not is_job_id(job_id):
        raise ValueError(f"{job_id!r} is not the id of a job")
    return job_id
