"""Tasks of SQS that move the messages of a dead-letter queue, which ministack lacks: started, listed and cancelled.

docs/upstream/ministack/sqs-message-moves.md

A message that is moved counts as sent anew: it has another id, and nobody has received it. Messages that are hidden at
the moment are moved when they come back, as long as the task runs; it ends when none can be seen.
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html
"""

from __future__ import annotations

import base64
import contextvars
import json
import threading
import time
import uuid
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

from ministack import app
from ministack.core import iam_actions, iam_evaluator, router
from ministack.core.responses import get_region
from ministack.services import lambda_svc, sqs

HttpResponse = tuple[int, dict[str, str], bytes]
Task = dict[str, Any]
_RUNNING, _COMPLETED, _CANCELLED = "RUNNING", "COMPLETED", "CANCELLED"
_FASTEST = 500  # messages a second
_TASKS: list[Task] = []
_OF_A_RESULT = (
    "Status",
    "SourceArn",
    "DestinationArn",
    "MaxNumberOfMessagesPerSecond",
    "ApproximateNumberOfMessagesMoved",
    "ApproximateNumberOfMessagesToMove",
    "StartedTimestamp",
)


def apply() -> None:
    """Add the three operations, and what IAM is asked beside their own actions."""
    sqs._HANDLERS.update(StartMessageMoveTask=_start, ListMessageMoveTasks=_list, CancelMessageMoveTask=_cancel)
    app.SERVICE_HANDLERS["sqs"] = _checked(app.SERVICE_HANDLERS["sqs"])


def source_of(body: bytes) -> str:
    """Return the ARN of the queue that an operation on tasks is about, or nothing."""
    given = json.loads(body or b"{}")
    if handle := given.get("TaskHandle"):
        return str(json.loads(base64.b64decode(handle))["sourceArn"])
    return str(given.get("SourceArn", ""))


def _start(data: dict[str, Any], _: str) -> dict[str, Any]:
    source = _queue(data.get("SourceArn", ""), "SourceArn")
    destination = data.get("DestinationArn")
    if destination:
        _queue(destination, "DestinationArn")
    if not any(_leads_to(queue, data["SourceArn"]) for queue in sqs._queues.values()):
        raise sqs._Err("InvalidParameterValue", "Source queue must be configured as a Dead Letter Queue.")
    if any(task["Status"] == _RUNNING for task in _of(data["SourceArn"])):
        raise sqs._Err(
            "InvalidParameterValue",
            "There is already a task running. Only one active task is allowed for a source queue arn at a given time.",
        )
    rate = data.get("MaxNumberOfMessagesPerSecond")
    if rate is not None and not 1 <= rate <= _FASTEST:
        raise sqs._Err("InvalidParameterValue", f"Value for parameter MaxNumberOfMessagesPerSecond: 1 to {_FASTEST}.")
    sqs._refresh_counts(source)
    handle = {"taskId": str(uuid.uuid4()), "sourceArn": data["SourceArn"]}
    task = {
        "TaskHandle": base64.b64encode(json.dumps(handle).encode()).decode(),
        "Status": _RUNNING,
        "SourceArn": data["SourceArn"],
        "DestinationArn": destination,
        "MaxNumberOfMessagesPerSecond": rate,
        "ApproximateNumberOfMessagesMoved": 0,
        "ApproximateNumberOfMessagesToMove": int(source["attributes"]["ApproximateNumberOfMessages"]),
        "StartedTimestamp": int(time.time() * 1000),
    }
    _TASKS.append(task)
    context = contextvars.copy_context()
    threading.Thread(target=context.run, args=(_run, task), daemon=True).start()
    return {"TaskHandle": task["TaskHandle"]}


def _list(data: dict[str, Any], _: str) -> dict[str, Any]:
    _queue(data.get("SourceArn", ""), "SourceArn")
    latest = _of(data["SourceArn"])[: -1 - int(data.get("MaxResults") or 1) : -1]
    return {"Results": [dict(_described(task)) for task in latest]}


def _cancel(data: dict[str, Any], _: str) -> dict[str, Any]:
    for task in _TASKS:
        if task["TaskHandle"] == data.get("TaskHandle") and task["Status"] == _RUNNING:
            task["Status"] = _CANCELLED
            return {"ApproximateNumberOfMessagesMoved": task["ApproximateNumberOfMessagesMoved"]}
    raise sqs._Err("ResourceNotFoundException", "Task does not exist.", 404)


def _described(task: Task) -> Iterator[tuple[str, Any]]:
    if task["Status"] == _RUNNING:
        yield "TaskHandle", task["TaskHandle"]
    for name in _OF_A_RESULT:
        if task[name] is not None:
            yield name, task[name]


def _run(task: Task) -> None:
    rate = task["MaxNumberOfMessagesPerSecond"]
    while task["Status"] == _RUNNING:
        if not _move_one(task):
            task["Status"] = _COMPLETED
        elif rate:
            time.sleep(1 / rate)


def _move_one(task: Task) -> bool:
    """Move the oldest message that can be seen; return whether there was one."""
    with sqs._queues_lock:
        source = _queue(task["SourceArn"], "SourceArn")
        now = time.time()
        message = next((each for each in source["messages"] if each["visible_at"] <= now), None)
        if message is None:
            return False
        origin = (message.get("sys") or {}).get("DeadLetterQueueSourceArn")
        destination = _queue(task["DestinationArn"] or origin or "", "DestinationArn")
        source["messages"].remove(message)
        known = {name: value for name, value in message["sys"].items() if name != "DeadLetterQueueSourceArn"}
        anew = {
            "id": str(uuid.uuid4()),
            "receipt_handle": None,
            "sent_at": now,
            "visible_at": now,
            "receive_count": 0,
            "first_receive_at": None,
            "sys": {**known, "SentTimestamp": str(int(now * 1000))},
        }
        destination["messages"].append({**message, **anew})
        task["ApproximateNumberOfMessagesMoved"] += 1
    lambda_svc.esm_wake.set()
    return True


def _of(source: str) -> list[Task]:
    return [task for task in _TASKS if task["SourceArn"] == source]


def _queue(arn: str, parameter: str) -> dict[str, Any]:
    queue: dict[str, Any] | None = sqs._queue_by_arn(arn)
    if queue is None:
        message = f"The resource that you specified for the {parameter} parameter doesn't exist."
        raise sqs._Err("ResourceNotFoundException", message, 404)
    return queue


def _leads_to(queue: dict[str, Any], arn: str) -> bool:
    return bool(json.loads(queue["attributes"].get("RedrivePolicy") or "{}").get("deadLetterTargetArn") == arn)


def _checked(handle: Callable[..., Awaitable[HttpResponse]]) -> Callable[..., Awaitable[HttpResponse]]:
    """Ask IAM for all that the caller needs to move messages: to read and delete them, and to send them."""

    async def handle_checked(
        method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any], *more: Any, **named: Any
    ) -> HttpResponse:
        if headers.get("x-amz-target", "").endswith(".StartMessageMoveTask"):
            access_key = router.extract_access_key_id(headers, query)
            for action, arn in _needed(json.loads(body or b"{}")):
                if iam_evaluator.enforce(access_key, action, "sqs", get_region(), resource_arn=arn):
                    caller = iam_evaluator.caller_arn()
                    return _refused(iam_actions.identity_denial_message(action, caller, arn, explicit_deny=False))
        return await handle(method, path, headers, body, query, *more, **named)

    return handle_checked


def _needed(given: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for action in ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes"):
        yield f"sqs:{action}", given.get("SourceArn", "")
    if destination := given.get("DestinationArn"):
        yield "sqs:SendMessage", destination


def _refused(message: str) -> HttpResponse:
    content = {"__type": "com.amazon.coral.service#AccessDeniedException", "message": message}
    return 403, {"Content-Type": "application/x-amz-json-1.0"}, json.dumps(content).encode()
