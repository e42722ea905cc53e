"""Look-ups of which some may not be permitted."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from ...errors import AwsError

T = TypeVar("T")


class LookUp:
    """Looks things up in AWS; ``unknown`` has the reason for each that is not permitted."""

    def __init__(self) -> None:
        self.unknown: dict[str, str] = {}

    def __call__(self, what: str, find: Callable[[], T], otherwise: T) -> T:
        """Return what is found, or the other value when the permission for it is missing; raises AwsError."""
        try:
            return find()
        except AwsError as error:
            if error.failure != "access denied":
                raise
            self.unknown[what] = str(error).splitlines()[0]
            return otherwise
