"""The part of Lambda's context object that the handlers use."""

from __future__ import annotations

from typing import Protocol


class LambdaContext(Protocol):
    """The part of the runtime's context that the handlers read."""

    aws_request_id: str
    function_name: str

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds until the function is stopped."""
