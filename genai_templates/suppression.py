"""One argument against a rule of each scanner."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from troposphere import AWSObject

from .argued_when import always


class Suppression(NamedTuple):
    """One reason, and the rule of each scanner that it argues with; ``when`` tells whether a resource needs it.

    ``unless_there_is`` is the type of another resource, beside which no resource needs it.
    """

    reason: str
    cdk_nag: str = ""
    checkov: str = ""
    guard: tuple[str, ...] = ()
    when: Callable[[AWSObject], bool] = always
    unless_there_is: str = ""
