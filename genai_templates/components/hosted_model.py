"""The model as the rest of a stack sees it: who may call it, how, and what there is to know of it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar, NamedTuple

from troposphere import AWSHelperFn, Ref

from ..catalog import Model
from ..iam import Role
from .functions import Function


class ModelFacts(NamedTuple):
    """What the functions and the page are told of the model: text, or values of the template.

    The token counts are those of the model's window, and 0 for images. ``note`` is a sentence on what the model does
    not heed of a request.
    """

    model_id: str | AWSHelperFn
    codec: str | AWSHelperFn
    max_input_tokens: str | AWSHelperFn
    max_total_tokens: str | AWSHelperFn
    note: str = ""

    @classmethod
    def of(cls, model: Model) -> ModelFacts:
        """Return the facts of a model of the catalogue."""
        tokens = (str(model.max_input_tokens or 0), str(model.max_total_tokens or 0))
        return cls(model.model_id, model.codec, *tokens, model.note)


class LatencyUnit(NamedTuple):
    """What a service measures a model's latency in."""

    name: str
    per_second: int


MICROSECONDS = LatencyUnit("microseconds", 1_000_000)
MILLISECONDS = LatencyUnit("ms", 1_000)


class ModelMetrics(NamedTuple):
    """The names of a model's metrics in CloudWatch, and the region in which they are: the one of the calls."""

    namespace: str
    dimensions: Sequence[tuple[str, str | AWSHelperFn]]
    invocations: str
    client_errors: str
    server_errors: str
    latency: str
    latency_unit: LatencyUnit
    region: str | AWSHelperFn = Ref("AWS::Region")


class ModelOutput(NamedTuple):
    """The stack's output that names what serves the model."""

    logical_id: str
    description: str


class HostedModel(ABC):
    """A model, wherever it lives.

    ``host`` and ``status`` are the modules of ``handlers/common/hosting/`` that call it and read its state,
    ``private_services`` what those call: keys of ``INTERFACE_SERVICES`` and
    ``GATEWAY_SERVICES``.
    """

    host: ClassVar[str]
    status: ClassVar[str]
    private_services: ClassVar[Sequence[str]]
    output: ClassVar[ModelOutput]

    def __init__(self, name: str | AWSHelperFn, facts: ModelFacts) -> None:
        """Keep the name of what serves the model, and what is known of it."""
        self.name = name
        self.facts = facts

    @property
    def invoker_environment(self) -> Mapping[str, str | AWSHelperFn]:
        """The environment of a function that calls the model."""
        return {"MODEL_HOST": self.host, "PAYLOAD_CODEC": self.facts.codec, **self._own_environment}

    @property
    def status_environment(self) -> Mapping[str, str | AWSHelperFn]:
        """The environment of a function that shows the model's state."""
        return {"MODEL_STATUS": self.status, **self._own_environment}

    @property
    def site_config(self) -> Mapping[str, str | AWSHelperFn]:
        """What the page needs to know of the model besides its id."""
        return {}

    @property
    @abstractmethod
    def metrics(self) -> ModelMetrics:
        """What CloudWatch knows of the model."""

    @abstractmethod
    def grant_invoke(self, role: Role) -> None:
        """Let the role call the model."""

    @abstractmethod
    def grant_status(self, role: Role) -> None:
        """Let the role see the model's state."""

    def complete_jobs(self, add_function: Callable[[], Function]) -> Sequence[Function]:
        """Have jobs completed where the model's responses come later, by the function that this adds; return it.

        Called before anything that needs the environment or the grants of the model's state. By default a response
        comes at once, and there is nothing to add.
        """
        return ()

    @property
    @abstractmethod
    def _own_environment(self) -> Mapping[str, str | AWSHelperFn]:
        """What both modules read."""
