"""Logical ids of a template, and physical names where a service insists on one."""

from __future__ import annotations

import re
from dataclasses import dataclass

from troposphere import Join, Ref, Select, Split

from .errors import InvalidOption

_PREFIX = re.compile(r"([A-Z][A-Za-z0-9]{0,19})?")

STACK_GUID = Select(2, Split("/", Ref("AWS::StackId")))
"""The 36 characters of the stack id that no other stack has; a stack's name may be too long for other names."""

GOES_WITH_THE_STACK = {"DeletionPolicy": "Delete", "UpdateReplacePolicy": "Delete"}
"""Said of every resource that holds data and does not outlive the stack, so that nobody has to guess."""


@dataclass(frozen=True)
class Names:
    """Gives every component its logical ids; two components on one template differ by their prefix.

    The prefix is empty or up to 20 letters and digits that begin with a capital letter.
    """

    prefix: str = ""

    def __post_init__(self) -> None:
        """Raise InvalidOption for a prefix that no logical id could begin with."""
        if not _PREFIX.fullmatch(self.prefix):
            raise InvalidOption(
                f"prefix {self.prefix!r} has to be up to 20 letters and digits that begin with a capital letter"
            )

    def __call__(self, logical_id: str) -> str:
        """Return the logical id under this prefix."""
        return f"{self.prefix}{logical_id}"

    def physical(self, name: str) -> Join:
        """Return a physical name of at most 63 characters that is unique in account and region.

        ``name`` has at most 6 characters when the prefix has 20; it is put before the stack's GUID.
        """
        parts = [part for part in (self.prefix.lower(), name) if part]
        return Join("-", [*parts, STACK_GUID])
