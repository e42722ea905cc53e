"""Jobs that were given up: how many there are and why, and another try for all of them.

They are in the queue behind that of jobs. SQS moves the messages back by a task of its own, and each counts as sent
anew, by which the function that processes jobs knows that its job is to be tried again.
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable
from typing import Any, NamedTuple

from ..errors import AwsError
from .account import Account
from .cloudformation.stacks import StackDescription, check_is_ours, list_resources
from .failures import translated
from .interrupts import interrupt_says

_QUEUE, _TABLE = "AWS::SQS::Queue", "AWS::DynamoDB::Table"
_JOBS, _DEAD = "JobQueue", "DeadJobsQueue"
_LOOKED_AT = 10  # what one call receives at most
_PAUSE_SECONDS = 0.5
_COUNTS: Any = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible", "QueueArn"]


class Queue(NamedTuple):
    """A queue: where it is, and how many messages it has about now."""

    url: str
    arn: str
    messages: int


class Reason(NamedTuple):
    """Why a job was given up, as its user reads it."""

    code: str
    message: str


class DeadJobs(NamedTuple):
    """The jobs of a stack that were given up, and how often each reason was found among those that were looked at."""

    waiting: Queue
    dead: Queue
    reasons: Counter[Reason]


_GONE = Reason("gone", "The job is not kept any more: its message will be dropped.")
_UNKNOWN = Reason("unknown", "The job has not been given up as far as its table says.")


def look(account: Account, stack: StackDescription) -> DeadJobs:
    """Return the jobs of a stack that were given up. Raises AwsError, for a stack without a queue of jobs too.

    What is looked at stays where it is.
    """
    check_is_ours(stack)
    resources = list_resources(account, stack.stack_id)
    # The prefix of an application among several is before the logical id.
    urls = {name: each.physical_id for each in resources for name in (_DEAD, _JOBS) if _is(each, _QUEUE, name)}
    tables = [each.physical_id for each in resources if _is(each, _TABLE, "JobTable")]
    if not {_DEAD, _JOBS} <= urls.keys() or not tables:
        raise AwsError(
            f"{stack.name} has no queue of jobs\n"
            "  its jobs are events, which Lambda tries again by itself: build it with --dispatch queue to have one",
            "no queue",
        )
    waiting, dead = (_queue(account, urls[name]) for name in (_JOBS, _DEAD))
    return DeadJobs(waiting, dead, _reasons(account, dead, tables[0]) if dead.messages else Counter())


def redrive(account: Account, jobs: DeadJobs, progress: Callable[[str], None]) -> int:
    """Move all the jobs back, and return how many these were about. Raises AwsError, for a move that fails too."""
    sqs = account.client("sqs")
    with interrupt_says("SQS goes on moving the jobs; repeat the command to see what became of them"):
        with translated():
            if _task(account, jobs.dead).get("Status") != "RUNNING":
                sqs.start_message_move_task(SourceArn=jobs.dead.arn, DestinationArn=jobs.waiting.arn)
        task = _task(account, jobs.dead)
        while task.get("Status") in ("RUNNING", "CANCELLING"):
            progress(f"{_moved(task)} of {task.get('ApproximateNumberOfMessagesToMove', jobs.dead.messages)} moved")
            time.sleep(_PAUSE_SECONDS)
            task = _task(account, jobs.dead)
    if task.get("Status") != "COMPLETED":
        raise AwsError(
            f"the move ended as {task.get('Status', 'unknown')} after {_moved(task)} jobs: "
            f"{task.get('FailureReason', 'SQS says no reason')}\n  repeat the command for the others",
            "move failed",
        )
    return _moved(task)


def _is(resource: Any, kind: str, name: str) -> bool:
    return bool(resource.kind == kind and resource.logical_id.endswith(name))


def _queue(account: Account, url: str) -> Queue:
    with translated():
        found = account.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=_COUNTS)["Attributes"]
    return Queue(url, found["QueueArn"], sum(int(found[name]) for name in _COUNTS[:2]))


def _task(account: Account, queue: Queue) -> dict[str, Any]:
    """Return the latest move of a queue's messages; an empty one where there was none."""
    with translated():
        found = account.client("sqs").list_message_move_tasks(SourceArn=queue.arn, MaxResults=1).get("Results", [])
    return dict(found[0]) if found else {}


def _moved(task: dict[str, Any]) -> int:
    return int(task.get("ApproximateNumberOfMessagesMoved", 0))


def _reasons(account: Account, dead: Queue, table: str) -> Counter[Reason]:
    """Look at some messages, which nobody is kept from receiving meanwhile, and count why their jobs were given up."""
    with translated():
        received = account.client("sqs").receive_message(
            QueueUrl=dead.url, MaxNumberOfMessages=_LOOKED_AT, VisibilityTimeout=0, WaitTimeSeconds=1
        )
        job_ids = sorted({_job_id(each["Body"]) for each in received.get("Messages", [])} - {""})
        if not job_ids:
            return Counter()
        keys: Any = [{"job_id": {"S": job_id}} for job_id in job_ids]
        request: Any = {table: {"Keys": keys, "ProjectionExpression": "job_id, error_code, error_message"}}
        found = account.client("dynamodb").batch_get_item(RequestItems=request)["Responses"].get(table, [])
    items = {item["job_id"]["S"]: item for item in found}
    return Counter(_reason(items.get(job_id)) for job_id in job_ids)


def _job_id(body: str) -> str:
    try:
        return str(json.loads(body)["job_id"])
    except (ValueError, LookupError, TypeError):
        return ""


def _reason(item: Any) -> Reason:
    if item is None:
        return _GONE
    if "error_code" not in item:
        return _UNKNOWN
    return Reason(item["error_code"]["S"], item["error_message"]["S"])
