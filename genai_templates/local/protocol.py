"""What the emulator's process and those who talk to it agree on."""

from __future__ import annotations

import os
from dataclasses import dataclass

CONTROL_PREFIX = "/_genai-templates/"
"""Paths that are about the emulator itself, and no AWS service."""

ENVIRONMENTS = max(4, 2 * (os.cpu_count() or 1))
"""How many calls of one function run at once; more wait for one to end. AWS would start as many environments."""


@dataclass(frozen=True)
class Decision:
    """One IAM decision: who asked to do what with which resource, and whether it was allowed.

    ``principal`` is the ARN of an assumed role: ``arn:aws:sts::<account>:assumed-role/<role>/<session>``.
    """

    principal: str
    action: str
    resource: str
    allowed: bool

    @property
    def role(self) -> str:
        """The role's name."""
        return self.principal.split("/")[1]
