"""What the emulator's process and those who talk to it agree on."""

from __future__ import annotations

import enum
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


class ModelFault(enum.Enum):
    """What a model endpoint does instead of answering as it should."""

    THROTTLED = "throttled"
    """SageMaker refuses the call: there are too many."""
    NOT_READY = "not ready"
    """SageMaker refuses the call: the endpoint is not in service."""
    CLIENT_ERROR = "client error"
    """The container answers 400."""
    SERVER_ERROR = "server error"
    """The container answers 500."""
    TIMED_OUT = "timed out"
    """The container took longer than SageMaker's 60 s; it is told at once."""
    CONNECTION_LOST = "connection lost"
    """The answer breaks off, and the connection ends."""
    MALFORMED_JSON = "malformed JSON"
    """The container answers 200 with a body that is no JSON document."""
    TRUNCATED = "truncated"
    """The body is JSON, but what it holds is cut off: half of a JPEG, of the rows of pixels; no text at all."""
    OTHER_SIZE = "other size"
    """The images have half the width that was asked for; texts are as they should be."""
    NOT_AN_IMAGE = "not an image"
    """The body is JSON, but where images or texts should be is something else."""
