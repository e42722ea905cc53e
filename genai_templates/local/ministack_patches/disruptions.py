"""Injected faults of AWS: calls of functions are refused, held or lose their response, and their processes are killed.

None of it fills a gap. The calls of the account's administrator are left alone.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from xml.sax.saxutils import escape

from ministack import app
from ministack.core import lambda_runtime
from ministack.core.iam_actions import extract_iam_action
from ministack.core.iam_evaluator import resolve_caller_identity
from ministack.core.router import extract_access_key_id
from ministack.services import lambda_svc, sqs

from ..protocol import FAULT_SERVICES, FaultEffect, InjectedFault
from .control import add_control_route

HttpResponse = tuple[int, dict[str, str], bytes]
Handler = Callable[..., Awaitable[HttpResponse]]
_WAITING = (FaultEffect.BLOCKED, FaultEffect.DROPPED)
_INTERNAL_ERROR = ("InternalServerError", 500)
_LOOK_AGAIN_SECONDS = 0.01
_planned: list[InjectedFault] = []
_met: list[int] = []


def apply() -> None:
    """Stand before the services that the functions call."""
    for service in FAULT_SERVICES:
        app.SERVICE_HANDLERS[service] = _disrupted(service, app.SERVICE_HANDLERS[service])
    add_control_route("PUT", "disruptions", _plan)
    add_control_route("GET", "disruptions", lambda: _met)
    add_control_route("POST", "functions/kill", _kill)
    add_control_route("POST", "queues/forward", _forward)


def _plan(disruptions: Sequence[dict[str, Any]]) -> None:
    """Replace what was planned; calls that wait go on."""
    _planned[:] = [InjectedFault(**{**fields, "effect": FaultEffect(fields["effect"])}) for fields in disruptions]
    _met[:] = [0] * len(_planned)


def _kill(name: str) -> int:
    """Kill the processes of the function that are at work, as Lambda does when memory runs out; return how many."""
    pools = [pool for key, pool in lambda_runtime._workers.items() if key.split(":")[2] == name]
    processes = [worker._proc for pool in pools for worker in pool if worker.in_use and worker._proc is not None]
    for process in processes:
        process.kill()
    return len(processes)


def _forward(queue: str, seconds: float) -> None:
    """Let so much time pass for what hides the messages of the queue."""
    with sqs._queues_lock:
        for message in sqs._queues[queue]["messages"]:
            message["visible_at"] -= seconds
    lambda_svc.esm_wake.set()


def _disrupted(service: str, handle: Handler) -> Handler:
    async def handle_disrupted(
        method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any], *more: Any, **named: Any
    ) -> HttpResponse:
        planned = _next_for(service, method, path, headers, body, query)
        if planned is not None and planned.effect is FaultEffect.REFUSED:
            return _refusal(service, planned.code, planned.status)
        while planned is not None and planned.effect in _WAITING and any(planned is each for each in _planned):
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)
        if planned is not None and planned.effect is FaultEffect.DROPPED:
            return _refusal(service, *_INTERNAL_ERROR)
        response = await handle(method, path, headers, body, query, *more, **named)
        if planned is not None and planned.effect is FaultEffect.RESPONSE_LOST:
            return _refusal(service, *_INTERNAL_ERROR)
        return response

    return handle_disrupted


def _next_for(service: str, *request: Any) -> InjectedFault | None:
    """Return the disruption that a request is to meet, if it is a function's own, and count it."""
    if not any(each.service == service for each in _planned):
        return None
    method, path, headers, body, query = request
    caller = resolve_caller_identity(extract_access_key_id(headers, query)) or {"userArn": ""}
    _, is_role, session = caller["userArn"].partition(":assumed-role/")
    action = str(extract_iam_action(service, method, path, headers, body, query)).partition(":")[2]
    for number, each in enumerate(_planned):
        if is_role and each.concerns(service, action, session.rpartition("/")[2]) and _met[number] < each.times:
            _met[number] += 1
            return each
    return None


def _refusal(service: str, code: str, status: int) -> HttpResponse:
    """Return an error in the service's own format."""
    message = "This call is disrupted on purpose."
    if service == "s3":
        document = f"<Error><Code>{escape(code)}</Code><Message>{message}</Message></Error>"
        return status, {"Content-Type": "application/xml"}, document.encode()
    kind = "application/x-amz-json-1.0" if service in ("dynamodb", "sqs") else "application/json"
    headers = {"Content-Type": kind, "x-amzn-ErrorType": code}
    return status, headers, json.dumps({"__type": code, "message": message}).encode()
