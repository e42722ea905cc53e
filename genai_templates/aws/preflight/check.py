"""What a check finds, and how it is shown."""

from __future__ import annotations

import enum
import re
from typing import NamedTuple

from ...errors import AwsError

_PERMISSION = re.compile(r"not authorized to perform:? ([\w-]+:\w+)")
_OPERATION = re.compile(r"^[^:]+: (\w+): ")


class Verdict(enum.Enum):
    """What a finding means for a deployment."""

    OK = "ok"
    WARNING = "warning"
    """It may work, and is worth a look."""
    FAILS = "fails"
    """The deployment cannot work like this."""
    UNKNOWN = "not known"
    """AWS did not say: the permission to look is missing, or it took too long."""


class Check(NamedTuple):
    """A line of the table: what was looked at, the verdict, what was found, and what to do about it."""

    name: str
    verdict: Verdict
    finding: str
    advice: str = ""


def from_error(name: str, error: AwsError) -> Check:
    """Return what an error of AWS means for the check that met it."""
    if error.failure == "access denied":
        return Check(
            name,
            Verdict.UNKNOWN,
            f"the permission {missing_permission(error)} is missing",
            "have it granted to see this; 'genai-templates policy' lists what a deployment needs",
        )
    finding, _, advice = str(error).partition("\n")
    verdict = Verdict.FAILS if error.failure == "region not enabled" else Verdict.UNKNOWN
    return Check(name, verdict, finding, advice.strip())


def missing_permission(error: AwsError) -> str:
    """Return the IAM action that AWS names in an error of the class "access denied", or else the operation."""
    if match := _PERMISSION.search(str(error)):
        return match[1]
    match = _OPERATION.match(str(error))
    return f"for {match[1]}" if match else "for this"
