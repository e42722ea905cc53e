"""Rates of WAF: how many requests of one aggregation came within the window of a rate-based rule.

WAF looks every ten seconds or so, and finds what has come until then; here each request counts at once. Whoever drives
the emulator can let time pass.
"""

from __future__ import annotations

import ipaddress
import time
from collections import defaultdict, deque
from collections.abc import Mapping
from typing import Any

from .control import add_control_route
from .web_requests import WebRequest

_DEFAULT_WINDOW_SECONDS = 300
_passed = 0.0
_requests: dict[tuple[str, str, str], deque[float]] = defaultdict(deque)


def apply() -> None:
    """Let whoever drives the emulator have time pass for web ACLs."""
    add_control_route("POST", "firewall/time", _let_pass)


def _let_pass(seconds: float) -> None:
    global _passed
    _passed += seconds


def is_over_limit(acl_id: str, rule: str, statement: Mapping[str, Any], request: WebRequest) -> bool:
    """Count a request, and return whether its aggregation has more than the limit in the window now."""
    key = _aggregation(statement, request)
    if key is None:
        return False
    if not key:
        return bool(statement["ForwardedIPConfig"]["FallbackBehavior"] == "MATCH")
    now, window = time.monotonic() + _passed, float(statement.get("EvaluationWindowSec", _DEFAULT_WINDOW_SECONDS))
    times = _requests[acl_id, rule, key]
    times.append(now)
    while times[0] <= now - window:
        times.popleft()
    return len(times) > int(statement["Limit"])


def _aggregation(statement: Mapping[str, Any], request: WebRequest) -> str | None:
    """Return what a request is counted by: nothing for a header that is no address, None where there is none."""
    if statement["AggregateKeyType"] == "IP":
        return request.client_ip
    forwarded = request.headers.get(statement["ForwardedIPConfig"]["HeaderName"].lower())
    if forwarded is None:
        return None
    first = forwarded.split(",")[0].strip()
    try:
        return str(ipaddress.ip_address(first))
    except ValueError:
        return ""
