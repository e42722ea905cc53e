"""Asynchronous events of Lambda, where ministack counts a throttle as an attempt, and a bound on concurrent calls.

docs/upstream/ministack/lambda-asynchronous-events.md
The bound fills no gap: it keeps a burst from starting more processes than a laptop takes.
"""

from __future__ import annotations

import contextvars
import json
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from ministack.services import lambda_svc

from ..protocol import ENVIRONMENTS
from .control import add_control_route
from .encrypted_data import key_uses
from .key_use import refuse_role
from .service_calls import call_sqs

Record = dict[str, Any]
_DEFAULT_RETRIES = 2
_DEFAULT_EVENT_AGE = 21_600  # seconds, as is the wait below
_LONGEST_DELAY = 30.0
_OPEN_EVENTS: set[threading.Thread] = set()


def apply() -> None:
    """Have ministack call functions by these rules."""
    lambda_svc._execute_function_dispatch = _bounded(lambda_svc._execute_function_dispatch)
    lambda_svc.invoke_async_with_retry = _start_event
    add_control_route("GET", "functions/events", _count_open_events)


def _bounded(dispatch: Callable[..., Record]) -> Callable[..., Record]:
    slots: dict[str, threading.BoundedSemaphore] = defaultdict(lambda: threading.BoundedSemaphore(ENVIRONMENTS))

    def dispatch_bounded(function: Record, config: Record, *more: Any) -> Record:
        slot = slots[config["FunctionArn"]]
        # Not for ever: a function that calls itself would wait for its own slot.
        if not slot.acquire(timeout=60 + float(config.get("Timeout", 3)) * 10):
            return dict(lambda_svc._throttle_response("ConcurrentInvocationLimitExceeded", "Rate Exceeded"))
        try:
            return dispatch(function, config, *more)
        finally:
            slot.release()

    return dispatch_bounded


def _start_event(function: Record, event: Any) -> None:
    """Run an asynchronous event to completion in the background."""
    context = contextvars.copy_context()
    thread = threading.Thread(target=context.run, args=(_run_event_to_completion, function, event), daemon=True)
    _OPEN_EVENTS.add(thread)
    thread.start()


def _count_open_events() -> int:
    for thread in list(_OPEN_EVENTS):
        if thread.ident is not None and not thread.is_alive():
            _OPEN_EVENTS.discard(thread)
    return len(_OPEN_EVENTS)


def _run_event_to_completion(function: Record, event: Any) -> None:
    config = function.get("config") or function
    settings = function.get("event_invoke_config") or (function.get("event_invoke_configs") or {}).get("$LATEST") or {}
    retries = int(settings.get("MaximumRetryAttempts", _DEFAULT_RETRIES))
    deadline = time.monotonic() + int(settings.get("MaximumEventAgeInSeconds", _DEFAULT_EVENT_AGE))
    failures = throttles = 0
    while True:
        # Each try is of what the function is then: its code, its settings, and what is reserved for it.
        now = lambda_svc._functions.get(config["FunctionName"], function)
        result = lambda_svc._execute_function(now, event)
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
        return _send_failure_record(config, settings, event, result, condition, failures)


def _send_failure_record(
    config: Record, settings: Record, event: Any, result: Record, condition: str, attempts: int
) -> None:
    """Send the record of an event that was given up to its destination on failure."""
    target = (settings.get("DestinationConfig") or {}).get("OnFailure", {}).get("Destination", "")
    if ":sqs:" not in target:
        if target:
            lambda_svc._route_async_failure(target, config["FunctionName"], event, result)
        return
    if refuse_role(config["Role"], key_uses("sqs:SendMessage", target)):
        return  # the record is lost
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
    try:
        queue = call_sqs("GetQueueUrl", QueueName=target.rpartition(":")[2])["QueueUrl"]
    except ValueError as error:  # deleted meanwhile; Lambda counts it in DestinationDeliveryFailures
        print("event of", config["FunctionName"], "not reported:", error, flush=True)
        return
    call_sqs("SendMessage", QueueUrl=queue, MessageBody=json.dumps(message))
    lambda_svc.esm_wake.set()
