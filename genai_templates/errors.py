"""Every error that the library raises on purpose.

An error of this module is something that the caller can mend, and its message says how. A built-in exception that
escapes the library is a defect of the library.
"""

from __future__ import annotations


class GenAITemplatesError(Exception):
    """Base of all errors that the library raises on purpose."""


class InvalidOption(GenAITemplatesError, ValueError):
    """A choice that cannot work, found when the object that holds it is made."""


class UnknownModel(InvalidOption):
    """A model id that the catalogue does not hold."""


class PackagingError(GenAITemplatesError):
    """An artifact could not be made: a file is missing, or a wheel could not be had or is not the pinned one."""


class LintError(GenAITemplatesError):
    """The templates have lint findings."""


class LocalError(GenAITemplatesError):
    """The local run could not start, or a template asks for something that it cannot play."""
