"""Responds to CloudFormation in every case: without a response a custom resource holds its stack until the timeout."""

from __future__ import annotations

import json
import threading
import time
import urllib.request
from collections.abc import Callable, Mapping
from http.client import HTTPException
from types import MappingProxyType
from typing import Any, NamedTuple

from handlers.common.context import LambdaContext
from handlers.common.logs import logger

from .retry import retry_refused

_SAFETY_MARGIN_SECONDS = 5
_TRIES = 3
# CloudFormation reads 4,096 bytes of a response in all, and 1 kB of a name.
_REASON_BYTES = 2000
_PHYSICAL_ID_BYTES = 1000

Event = Mapping[str, Any]


class CustomResourceError(Exception):
    """A failure; the stack's events show its message."""


class Outcome(NamedTuple):
    """The custom resource's physical id from now on, what the stack's events say about it, and its attributes."""

    physical_id: str
    reason: str = ""
    data: Mapping[str, str] = MappingProxyType({})


Work = Callable[[Event, LambdaContext], Outcome | None]
"""Serves an event; None when it continues in another invocation, which will respond."""


def run_and_respond(event: Event, context: LambdaContext, work: Work, *, physical_id: str) -> None:
    """Do the work and send CloudFormation its outcome, at the latest shortly before the function is stopped.

    Work is done again while a permission that it needs has not arrived everywhere. ``physical_id`` is the resource's
    if the work fails before it returns one.
    """
    physical_id = str(event.get("PhysicalResourceId") or physical_id)
    response = _SingleResponse(event)
    seconds = max(1.0, context.get_remaining_time_in_millis() / 1000 - _SAFETY_MARGIN_SECONDS)
    guard = threading.Timer(
        seconds, response.send, ("FAILED", "the function ran out of time; see its log", physical_id)
    )
    guard.daemon = True
    guard.start()
    try:
        outcome = retry_refused(lambda: work(event, context))
        if outcome is not None:
            # What is deleted keeps the id that CloudFormation has, also after a creation that failed.
            final_id = physical_id if event["RequestType"] == "Delete" else outcome.physical_id
            response.send("SUCCESS", outcome.reason, final_id, outcome.data)
    except CustomResourceError as error:
        response.send("FAILED", str(error), physical_id)
    except Exception:
        logger.exception("custom resource failed")
        reason = f"it failed unexpectedly; see the function's log for request {context.aws_request_id}"
        response.send("FAILED", reason, physical_id)
    finally:
        guard.cancel()


class _SingleResponse:
    """Sends the first response and no other: the guard and the work may both come to an end."""

    def __init__(self, event: Event) -> None:
        self._event = event
        self._lock = threading.Lock()
        self._sent = False

    def send(self, status: str, reason: str, physical_id: str, data: Mapping[str, str] = MappingProxyType({})) -> None:
        with self._lock:
            if self._sent:
                return
            self._sent = True
        body = {
            "Status": status,
            "Reason": _fitting(reason, _REASON_BYTES) or "done",
            "PhysicalResourceId": _fitting(physical_id, _PHYSICAL_ID_BYTES),
            "StackId": self._event.get("StackId", ""),
            "RequestId": self._event.get("RequestId", ""),
            "LogicalResourceId": self._event.get("LogicalResourceId", ""),
            "Data": dict(data),
        }
        logger.info("response", extra={"status": status, "reason": reason, "physical_id": physical_id})
        _put(self._event["ResponseURL"], json.dumps(body).encode())


def _fitting(text: str, largest_bytes: int) -> str:
    """Return as much of a text as fits so many bytes of JSON, which may take twelve for a character."""
    start = text[:largest_bytes]
    return start if len(json.dumps(start)) <= largest_bytes else _fitting(start[: len(start) // 2], largest_bytes)


def _put(url: str, body: bytes) -> None:
    # The pre-signed URL is signed for an empty content type.
    request = urllib.request.Request(url, data=body, method="PUT", headers={"Content-Type": ""})
    for attempt in range(1, _TRIES + 1):
        try:
            with urllib.request.urlopen(request, timeout=10):
                return
        except (OSError, HTTPException):
            logger.exception("the response was not accepted", extra={"attempt": attempt})
            if attempt < _TRIES:
                time.sleep(attempt)
