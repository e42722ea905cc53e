"""The models that the builders know: what each does, runs on, and needs, and whether it is one to choose today.

The facts are in ``data/models.json``, with the month in which they were read; the code that speaks each model's wire
format is in ``handlers/``, under the codec's name.
"""

from __future__ import annotations

import enum
import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from .containers import Container
from .errors import InvalidOption, UnknownModel

FALCON_7B_INSTRUCT = "huggingface-llm-falcon-7b-instruct-bf16"
STABLE_DIFFUSION_V2 = "model-txt2img-stabilityai-stable-diffusion-v2"

PUBLIC_BUCKET = "jumpstart-cache-prod-${AWS::Region}"
"""JumpStart's bucket of manifests and open artifacts, for ``Fn::Sub``."""
PRIVATE_BUCKET = "jumpstart-private-cache-prod-${AWS::Region}"
"""JumpStart's bucket of the artifacts whose licence must be accepted, for ``Fn::Sub``."""

CODECS = {
    "text": ("tgi", "lmi", "mistral", "llama-3", "chat-completions"),
    "image": ("stable-diffusion", "flux-schnell"),
}
"""The wire formats of each application's models on SageMaker, by the names of the modules that speak them."""

_MODEL_ID = re.compile(r"[a-zA-Z0-9](?:[-_.]*[a-zA-Z0-9])*")
_LONGEST_MODEL_ID = 63
_INSTANCE_TYPE = re.compile(r"ml\.[a-z0-9-]+\.[a-z0-9]+")
_NATIVE_HOSTINGS = ("native", "scale-to-zero")


class LifecycleState(enum.Enum):
    """Whether a model is one to build on."""

    ALIVE = "alive"
    """Model and container are maintained where they come from."""
    DEPRECATED = "deprecated"
    """Who made the model withdrew it; JumpStart still deploys it."""
    CONTAINER_ARCHIVED = "container-archived"
    """The model needs a newer container: its own gets no fixes any more."""


class Lifecycle(NamedTuple):
    """The state of a model, the reason in a sentence, where it was read, and the model id to choose instead."""

    state: LifecycleState
    reason: str
    source: str
    replaced_by: str | None = None


@dataclass(frozen=True, kw_only=True)
class Model:
    """A model, of the catalogue or described by the caller.

    ``model_id`` names it, and is its id in JumpStart when there is a ``version``; ``app`` is the application that it
    serves, ``text`` or ``image``; ``codec`` the wire format of its requests and responses, one of ``CODECS``.
    ``instance_types`` lists what it runs on, the first of them by default. At least one of these says how it can be
    hosted: ``version``, its version in JumpStart, for a notebook that deploys it, and ``container`` for the hostings
    whose endpoint is a resource of the template. ``repositories`` are the names of the ECR repositories that its image
    may come from: those of the container, when they are not given.

    ``license`` is the name of its licence; ``license_url`` is set when that must be accepted before the model may be
    deployed; ``gated`` when its artifacts are in JumpStart's private bucket. The token counts are the container's
    window, of a text model alone. ``recommended`` marks the model to choose when there is no reason for another.

    Raises InvalidOption for what cannot work.
    """

    model_id: str
    app: str
    codec: str
    instance_types: tuple[str, ...]
    default_instance_type: str = ""
    version: str = ""
    container: Container | None = None
    repositories: tuple[str, ...] = ()
    license: str = ""
    license_url: str | None = None
    gated: bool = False
    max_input_tokens: int | None = None
    max_total_tokens: int | None = None
    recommended: bool = False
    lifecycle: Lifecycle | None = None

    def __post_init__(self) -> None:
        """Check the description, and complete what follows from the rest."""
        object.__setattr__(self, "default_instance_type", self.default_instance_type or self.instance_types[0])
        if self.container and not self.repositories:
            object.__setattr__(self, "repositories", (self.container.repository,))

    @property
    def hostings(self) -> tuple[str, ...]:
        """Names of the hostings that the model can."""
        notebook = ("notebook",) if self.version else ()
        return (*notebook, "existing", *(_NATIVE_HOSTINGS if self.container else ()))

    @property
    def content_bucket(self) -> str:
        """The bucket of the model's artifacts, with ``${AWS::Region}`` for ``Fn::Sub`` to fill in."""
        if self.container:
            return self.container.bucket
        return PRIVATE_BUCKET if self.gated else PUBLIC_BUCKET


@cache
def models() -> dict[str, Model]:
    """Return every model of the catalogue, by model id."""
    document = json.loads((Path(__file__).parent / "data" / "models.json").read_text("utf-8"))
    return {model_id: _model(model_id, facts) for model_id, facts in document["models"].items()}


def _model(model_id: str, facts: dict[str, Any]) -> Model:
    known: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in facts.items()}
    lifecycle = Lifecycle(**{**facts["lifecycle"], "state": LifecycleState(facts["lifecycle"]["state"])})
    container = dict(facts["container"])
    bucket = PRIVATE_BUCKET if facts["gated"] else PUBLIC_BUCKET
    container["artifacts"] = f"s3://{bucket}/{container.pop('artifact_prefix')}"
    return Model(model_id=model_id, **known | {"lifecycle": lifecycle, "container": Container(**container)})


def find_model(model_id: str, *, app: str, accept_license: bool = False) -> Model:
    """Return the model with this id, for the application of this name.

    Raises UnknownModel when the catalogue has no such model for the application, and InvalidOption when its licence
    must be accepted and ``accept_license`` is false.
    """
    model = models().get(model_id)
    if model is None or model.app != app:
        allowed = ", ".join(sorted(name for name, other in models().items() if other.app == app))
        raise UnknownModel(f"{model_id!r} is not a model of the {app} application; choose one of {allowed}")
    check_license(model, accepted=accept_license)
    return model


def check_license(model: Model, *, accepted: bool) -> None:
    """Raise InvalidOption when the model's licence must be accepted and is not."""
    if model.license_url and not accepted:
        raise InvalidOption(
            f"model {model.model_id!r} needs its licence accepted: read {model.license_url} "
            "and pass accept_license=True"
        )


def check_hosting(model: Model, hosting: str) -> None:
    """Raise InvalidOption unless the model can be hosted in the way of this name."""
    if hosting not in model.hostings:
        raise InvalidOption(
            f"model {model.model_id!r} cannot have the hosting {hosting!r}; choose one of {', '.join(model.hostings)}"
        )


def check_instance_type(model: Model, instance_type: str) -> None:
    """Raise InvalidOption unless the model runs on this SageMaker instance type."""
    if instance_type not in model.instance_types:
        raise InvalidOption(
            f"model {model.model_id!r} does not run on {instance_type}; choose one of "
            + ", ".join(model.instance_types)
        )
