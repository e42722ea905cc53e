"""Every error that the library raises on purpose.

An error of this module is something that the caller can mend, and its message says how. A built-in exception that
escapes the library is a defect of the library.

    GenAITemplatesError
      InvalidOption (also a ValueError)
        UnknownModel
        UnknownPrice
      PackagingError
      LintError
        LintFindings
      LocalError
        EmulatorFailed
        EmulatedStackFailed
      AwsError
        StackFailed
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class GenAITemplatesError(Exception):
    """Base of all errors that the library raises on purpose."""


class InvalidOption(GenAITemplatesError, ValueError):
    """An option that cannot work, found when the object that holds it is made."""


class UnknownModel(InvalidOption):
    """A model id that the catalogue does not hold."""


class UnknownPrice(InvalidOption):
    """A region or a kind of use that the list of prices does not hold."""


class PackagingError(GenAITemplatesError):
    """An artifact could not be made: a file is missing, or a wheel is not available or is not the pinned one."""


class LintError(GenAITemplatesError):
    """The templates could not be checked, or have findings."""


class LintFindings(LintError):
    """The templates have findings: ``findings`` lists them, and each is a line as text."""

    def __init__(self, findings: Sequence[object]) -> None:
        """Count these findings in the message."""
        plural = "" if len(findings) == 1 else "s"
        super().__init__(f"cfn-lint has {len(findings)} finding{plural}; nothing was written")
        self.findings = tuple(findings)


class LocalError(GenAITemplatesError):
    """The local run could not start, or a template has something that it does not emulate."""


class EmulatorFailed(LocalError):
    """The emulator is not available, did not start, or ended by itself."""


class EmulatedStackFailed(LocalError):
    """The stack could not be created, updated or deleted as its template says; the message names the logical ids.

    ``status`` is that of the stack afterwards, such as ``ROLLBACK_COMPLETE``, and ``events`` are those of the change;
    both are empty when nothing was begun.
    """

    def __init__(self, message: str, *, status: str = "", events: Sequence[Any] = ()) -> None:
        """Keep what is known of the stack beside the message."""
        super().__init__(message)
        self.status = status
        self.events = tuple(events)


class AwsError(GenAITemplatesError):
    """AWS refused a call, or could not be reached.

    ``failure`` is the name of the class of the failure, such as ``access denied``; ``genai_templates.aws.failures``
    lists them.
    """

    def __init__(self, message: str, failure: str = "") -> None:
        """Keep the class of the failure beside the message."""
        super().__init__(message)
        self.failure = failure


class StackFailed(AwsError):
    """A stack could not be created, updated or deleted; ``status`` is its status afterwards."""

    def __init__(self, message: str, failure: str = "", *, status: str = "") -> None:
        """Keep what is known of the stack beside the message."""
        super().__init__(message, failure)
        self.status = status
