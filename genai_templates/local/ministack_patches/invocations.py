"""How Lambda calls functions: a bounded number at once, and asynchronous events by their rules.

ministack tries a throttled event again as if it had failed, gives every reason for giving up as the same, and starts a
process for each call of a burst.
"""

from __future__ import annotations

import contextvars
import json
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from ministack.services import lambda_svc, sqs

from ..protocol import ENVIRONMENTS
from .control import answer_control

Record = dict[str, Any]
_DEFAULT_RETRIES = 2
_DEFAULT_EVENT_AGE = 21_600  # seconds, as is the wait below
_LONGEST_DELAY = 30.0
_OPEN_EVENTS: set[threading.Thread] = set()


def apply() -> None:
    """Have ministack call functions by these rules."""
    lambda_svc._execute_function_dispatch = _bounded(lambda_svc._execute_function_dispatch)
    lambda_svc.invoke_async_with_retry = _start_event
    answer_control("GET", "functions/events", _count_open_events)


def _bounded(dispatch: Callable[..., Record]) -> Callable[..., Record]:
    rooms: dict[str, threading.BoundedSemaphore] = defaultdict(lambda: threading.BoundedSemaphore(ENVIRONMENTS))

    def dispatch_bounded(function: Record, config: Record, *more: Any) -> Record:
        room = rooms[config["FunctionArn"]]
        # Whoever waits may be waited for by who is inside, as when a function calls itself: so not for ever.
        if not room.acquire(timeout=60 + float(config.get("Timeout", 3)) * 10):
            return dict(lambda_svc._throttle_response("ConcurrentInvocationLimitExceeded", "Rate Exceeded"))
        try:
            return dispatch(function, config, *more)
        finally:
            room.release()

    return dispatch_bounded


def _start_event(function: Record, event: Any) -> None:
    """Take an asynchronous event and see it to its end in the background."""
    context = contextvars.copy_context()
    thread = threading.Thread(target=context.run, args=(_see_through, function, event), daemon=True)
    _OPEN_EVENTS.add(thread)
    thread.start()


def _count_open_events() -> int:
    for thread in list(_OPEN_EVENTS):
        if thread.ident is not None and not thread.is_alive():
            _OPEN_EVENTS.discard(thread)
    return len(_OPEN_EVENTS)


def _see_through(function: Record, event: Any) -> None:
    config = function.get("config") or function
    settings = function.get("event_invoke_config") or (function.get("event_invoke_configs") or {}).get("$LATEST") or {}
    retries = int(settings.get("MaximumRetryAttempts", _DEFAULT_RETRIES))
    deadline = time.monotonic() + int(settings.get("MaximumEventAgeInSeconds", _DEFAULT_EVENT_AGE))
    failures = throttles = 0
    while True:
        now = lambda_svc._functions.get(config["FunctionName"], {})  # what is reserved for it may have changed
        result = lambda_svc._execute_function({**function, "concurrency": now.get("concurrency")}, event)
        if not result.get("error"):
            return
        if result.get("throttle"):
            throttles += 1  # costs the event no attempt
        else:
            failures += 1
        delay = min(lambda_svc._LAMBDA_ASYNC_RETRY_BASE_SECONDS * 2 ** (failures + throttles - 1), _LONGEST_DELAY)
        if failures > retries:
            condition = "RetriesExhausted"
        elif time.monotonic() + delay > deadline:
            condition = "EventAgeExceeded"
        else:
            time.sleep(delay)
            continue
        return _give_up(config, settings, event, result, condition, failures)


def _give_up(config: Record, settings: Record, event: Any, result: Record, condition: str, attempts: int) -> None:
    """Send what became of an event to its destination on failure."""
    target = (settings.get("DestinationConfig") or {}).get("OnFailure", {}).get("Destination", "")
    queue = sqs._queue_by_arn(target) if ":sqs:" in target else None
    if queue is None:
        if target:
            lambda_svc._route_async_failure(target, config["FunctionName"], event, result)
        return
    body = result.get("body")
    message = {
        "version": "1.0",
        "requestContext": {
            "functionArn": f"{config['FunctionArn']}:$LATEST",
            "condition": condition,
            "approximateInvokeCount": attempts,
        },
        "requestPayload": event,
        "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
        "responsePayload": body if isinstance(body, dict) else {},
    }
    sqs._act_send_message({"QueueUrl": queue["url"], "MessageBody": json.dumps(message)}, queue["url"])
    lambda_svc.esm_wake.set()
