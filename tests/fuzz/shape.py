"""The one shape of every error."""

from __future__ import annotations

import re
from typing import Any

CODES = {
    400: ("invalid_request",),
    401: ("unauthorized", "api_key_invalid"),
    403: ("forbidden",),
    404: ("not_found",),
    409: ("conflict",),
    413: ("payload_too_large",),
}
_INSIDE = re.compile(r"arn:aws|\b\d{12}\b|Traceback|\.py\b|Exception|amazonaws")


def check_error(status: int, document: Any) -> None:
    """Assert that a document is the error of this status, and tells nothing of the inside."""
    assert document.keys() == {"error"}
    error = document["error"]
    assert {"code", "message", "request_id"} <= error.keys() <= {"code", "message", "request_id", "details"}
    assert error["code"] in CODES.get(status, ()), status
    assert all(detail.keys() == {"field", "message"} for detail in error.get("details", ()))
    assert error["message"]
    assert error["request_id"]
    assert not _INSIDE.search(error["message"])
