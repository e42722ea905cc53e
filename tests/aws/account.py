"""An AWS account for a test: the emulated AWS, and the wire that a command's calls come over."""

from __future__ import annotations

from contextlib import ExitStack
from types import TracebackType
from typing import Any

from genai_templates.local import Emulator
from tests.aws.wire import Wire

_READS = ("Describe", "Filter", "Get", "Head", "List", "Simulate", "Validate")


class Emulators:
    """A context manager: one emulated AWS at a time, emptied when a test has changed something in it."""

    def __init__(self) -> None:
        self._exits = ExitStack()
        self._current: Emulator | None = None
        self._is_clean = True

    def clean(self) -> Emulator:
        """Return an emulated AWS with nothing in it."""
        if self._current is None or not self._current.is_running:
            self._exits.close()
            self._current = self._exits.enter_context(Emulator())
        elif not self._is_clean:
            self._current.reset()
        self._is_clean = True
        return self._current

    def soil(self) -> None:
        """Have the emulated AWS emptied before the next test, which may find that it has ended."""
        self._is_clean = False

    def __enter__(self) -> Emulators:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._exits.close()


class EmulatedAccount:
    """The account that a test plays: what is in it, and what its calls come to.

    ``client`` and ``emulator`` go past the wire: what a test arranges and looks up is not among its calls.
    """

    def __init__(self, emulator: Emulator, wire: Wire) -> None:
        self.wire = wire
        self._emulator = emulator
        self._is_arranged = False

    @property
    def emulator(self) -> Emulator:
        """The emulated AWS, to arrange what is there before a command."""
        self._is_arranged = True
        return self._emulator

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables with which a command uses the account."""
        return {**self._emulator.environment, "AWS_ENDPOINT_URL": self.wire.url}

    @property
    def is_changed(self) -> bool:
        """Whether something may be in the account that was not there before the test."""
        return self._is_arranged or any(not call.operation.startswith(_READS) for call in self.wire.calls)

    def client(self, service: str) -> Any:
        """Return a boto3 client with the administrator's rights."""
        return self.emulator.client(service)

    def stack_status(self, name: str) -> str | None:
        """Return the status of the stack with this name, or None when there is none."""
        stacks = self.client("cloudformation").list_stacks()["StackSummaries"]
        found = [each["StackStatus"] for each in stacks if each["StackName"] == name]
        return next((status for status in found if status != "DELETE_COMPLETE"), None)
