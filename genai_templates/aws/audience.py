"""Whoever runs a deployment or a deletion, and what they see of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from .cloudformation.changes import Change
from .cloudformation.critical_path import Span
from .cloudformation.events import StackEvent
from .cloudformation.operation import Operation
from .preflight import Check


class Audience(Protocol):
    """What is shown, as it happens."""

    def step(self, message: str) -> None:
        """Show what is being done now."""

    def checks(self, checks: Sequence[Check]) -> None:
        """Show what the checks beforehand have found."""

    def changes(self, changes: Sequence[Change]) -> None:
        """Show what a change set would do."""

    def following(self, total: int) -> AbstractContextManager[object]:
        """Give a context in which the events of an operation on so many resources are shown."""

    def events(self, operation: Operation, new: Sequence[StackEvent]) -> None:
        """Show the events that are new."""

    def model(self, operation: Operation) -> None:
        """Show how far the model's deployment is."""

    def outcome(self, outputs: Mapping[str, str], spans: Sequence[Span], notes: Iterable[str]) -> None:
        """Show what there is now."""
