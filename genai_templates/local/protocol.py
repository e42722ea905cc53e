"""Protocol between the emulator's process and those who drive it: control paths, faults, model options."""

from __future__ import annotations

import enum
import math
import os
import re
import urllib.parse
from dataclasses import dataclass

from ..errors import InvalidOption

CONTROL_PREFIX = "/_genai-templates/"
"""Paths that are about the emulator itself, not about an AWS service."""

LOG = "emulator.log"
"""The name of the log in the emulator's folder."""

ENVIRONMENTS = max(4, 2 * (os.cpu_count() or 1))
"""Calls of one function that run at once; more wait for one to end. AWS would start as many environments."""

_ENDPOINT_NAME = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9])*")


@dataclass(frozen=True)
class Decision:
    """One IAM decision: the principal, the action, the resource, and whether the call was allowed.

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


def use_of_key(action: str, service: str) -> str:
    """Return how an action of KMS is noted that a service asks for: grants on a key are for one service each."""
    return f"{action} ({service})"


UNTIL_ENDED = 1_000_000
"""As many calls as a fault can meet before it is ended."""


class ModelFault(enum.Enum):
    """Fault of a model endpoint."""

    THROTTLED = "throttled"
    """SageMaker refuses the call: there are too many."""
    NOT_READY = "not ready"
    """SageMaker refuses the call: the endpoint is not in service."""
    CLIENT_ERROR = "client error"
    """The container answers 400."""
    SERVER_ERROR = "server error"
    """The container answers 500."""
    TIMED_OUT = "timed out"
    """The container took longer than SageMaker's 60 s; the response comes at once."""
    CONNECTION_LOST = "connection lost"
    """The response breaks off, and the connection ends."""
    MALFORMED_JSON = "malformed JSON"
    """The container answers 200 with a body that is not a JSON document."""
    TRUNCATED = "truncated"
    """The body is JSON, but what it holds is cut off: half of a JPEG, of the rows of pixels; no text at all."""
    OTHER_SIZE = "other size"
    """The images have half the requested width; texts are as they should be."""
    NOT_AN_IMAGE = "not an image"
    """The body is JSON, but where images or texts should be is something else."""


class FaultEffect(enum.Enum):
    """Effect of an injected fault on a function's call of a service."""

    REFUSED = "refused"
    """It is refused, and nothing was done."""
    RESPONSE_LOST = "response lost"
    """It is done, but the response is a failure (500): the caller cannot know."""
    BLOCKED = "blocked"
    """It waits until other faults, or none, are planned, and is then done."""
    DROPPED = "dropped"
    """It waits as long, and is then not done: so a caller can be killed before its call arrives."""


FAULT_SERVICES = ("bedrock-runtime", "dynamodb", "lambda", "rekognition", "s3", "sagemaker", "sqs")
"""Services whose calls by functions can meet a fault."""


def check_times(times: int) -> None:
    """Raise InvalidOption for a number of calls that cannot be met; 0 are none."""
    if not 0 <= times <= UNTIL_ENDED:
        raise InvalidOption(f"{times} calls cannot meet a fault: choose 0 to {UNTIL_ENDED} (UNTIL_ENDED)")


@dataclass(frozen=True)
class InjectedFault:
    """Fault of the next ``times`` calls of an action of a service, by any function or the one of this name.

    ``code`` and ``status`` are the error of a refusal; ``action`` is IAM's name for it without the service, or ``*``.
    """

    service: str
    action: str
    effect: FaultEffect
    times: int = UNTIL_ENDED
    code: str = ""
    status: int = 400
    function: str = ""

    def __post_init__(self) -> None:
        """Raise InvalidOption for a fault that no call can meet."""
        if self.service not in FAULT_SERVICES:
            raise InvalidOption(f"faults of {self.service!r} cannot be injected: choose {', '.join(FAULT_SERVICES)}")
        if self.action != "*" and not self.action.isalnum():
            raise InvalidOption(f"{self.action!r} is not an action: give a name such as 'InvokeEndpoint', or '*'")
        if self.effect not in list(FaultEffect):
            choices = ", ".join(f"FaultEffect.{each.name}" for each in FaultEffect)
            raise InvalidOption(f"{self.effect!r} is not the effect of a fault: choose {choices}")
        if not 400 <= self.status <= 599:
            raise InvalidOption(f"a call cannot be refused with the status {self.status}: choose 400 to 599")
        check_times(self.times)

    def concerns(self, service: str, action: str, function: str) -> bool:
        """Return whether a call of this action by this function is one of those meant."""
        return self.service == service and self.action in (action, "*") and self.function in (function, "")


@dataclass(frozen=True)
class ModelOptions:
    """Options of the model endpoints; the stand-in responds, unless ``endpoint`` or ``model_url`` is given.

    Each response takes ``latency_seconds``; ``failure_rate`` is the share of calls, from 0 to 1, that end with a 500.
    An endpoint is being created for ``not_ready_seconds`` after its creation, or after this choice. A model that is
    scaled to zero takes ``wake_seconds`` to wake, and falls asleep after ``idle_seconds`` without a request, or, with
    0, when it is put to sleep. ``endpoint`` names a SageMaker endpoint of the user's own account, ``model_url`` a
    server (see ``inference.server``).
    """

    latency_seconds: float = 0.0
    failure_rate: float = 0.0
    not_ready_seconds: float = 0.0
    wake_seconds: float = 0.0
    idle_seconds: float = 0.0
    endpoint: str | None = None
    model_url: str | None = None

    def __post_init__(self) -> None:
        """Raise InvalidOption for an option that cannot work."""
        times = {
            "latency": self.latency_seconds,
            "time until it is ready": self.not_ready_seconds,
            "time to wake": self.wake_seconds,
            "time until it falls asleep": self.idle_seconds,
        }
        for name, seconds in times.items():
            if not 0 <= seconds < math.inf:
                raise InvalidOption(f"the model's {name} cannot be {seconds} s: choose 0 or more")
        if not 0 <= self.failure_rate <= 1:
            raise InvalidOption(f"the model's failure rate cannot be {self.failure_rate}: choose 0 to 1, e.g. 0.25")
        if self.endpoint is not None and self.model_url is not None:
            raise InvalidOption("the model is either an endpoint of your account or a server: choose one of the two")
        if self.endpoint is not None and not (_ENDPOINT_NAME.fullmatch(self.endpoint) and len(self.endpoint) <= 63):
            raise InvalidOption(f"{self.endpoint!r} cannot be the name of a SageMaker endpoint: letters, digits, '-'")
        if self.model_url is not None and not _is_web_address(self.model_url):
            raise InvalidOption(
                f"{self.model_url!r} is not the URL of a model server: give one such as http://127.0.0.1:11434/v1"
            )


def _is_web_address(url: str) -> bool:
    try:
        parts = urllib.parse.urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
