"""Marks a job FAILED that no retry could finish: the last step of every job that went wrong."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from handlers.common.context import LambdaContext
from handlers.common.logs import logger
from handlers.common.metrics import emit
from handlers.common.settings import read_settings

from .completion import job_id_of
from .job import is_job_id
from .reasons import EXPIRED, RETRIES_EXHAUSTED, cause_of
from .store import JobStore
from .table import JobTable


class Settings(NamedTuple):
    """The function's environment."""

    stack_name: str
    jobs_table: str


settings = read_settings(Settings)
jobs = JobStore(JobTable(settings.jobs_table))

# Code and message by Lambda's own word for the condition under which it gave up an event.
_REASONS = {"EventAgeExceeded": EXPIRED, "RetriesExhausted": RETRIES_EXHAUSTED}
_OTHERWISE = ("not_processed", "The job could not be processed; please try again.")


def handler(event: Mapping[str, Any], context: LambdaContext) -> dict[str, object]:
    """Mark the jobs of these messages, and return which messages must come again."""
    failed = [record["messageId"] for record in event["Records"] if not _is_marked(record)]
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}


def _is_marked(record: Mapping[str, Any]) -> bool:
    """Mark the job of a message; return whether the message is dealt with."""
    try:
        message = json.loads(record["body"])
        job_id = job_id_of(message["requestPayload"])
        if not is_job_id(job_id):
            raise ValueError("invalid job id")
    except (ValueError, LookupError, TypeError, RecursionError):
        # Nothing that comes again could be read either; the log keeps that it was there.
        logger.error("not a failed job", extra={"message_id": record.get("messageId")})
        return True
    code, reason = _explain(message)
    try:
        is_marked = jobs.fail_unfinished(job_id, code=code, message=reason)
    except Exception:
        logger.exception("to be marked later", extra={"job_id": job_id})
        return False
    if is_marked:
        emit({"JobsGivenUp": (1, "Count")}, stack_name=settings.stack_name, operation="MarkJobFailed", job_id=job_id)
    return True


def _explain(message: Mapping[str, Any]) -> tuple[str, str]:
    condition = _text_of(message, "requestContext", "condition")
    code, reason = _REASONS.get(condition, _OTHERWISE)
    return code, cause_of(_text_of(message, "responsePayload", "errorType"), reason)


def _text_of(message: Mapping[str, Any], part: str, name: str) -> str:
    """Return a text of a part of the message; an empty one where the message is not as Lambda documents it."""
    member = message.get(part)
    return str(member.get(name, "")) if isinstance(member, Mapping) else ""
