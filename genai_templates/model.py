"""A model, of the catalogue or described by the caller: what it does, runs on and needs, checked when it is made."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from typing import Any, NamedTuple

from .containers import Container
from .errors import InvalidOption

PUBLIC_BUCKET = "jumpstart-cache-prod-${AWS::Region}"
"""JumpStart's bucket of manifests and open artifacts, for ``Fn::Sub``."""
PRIVATE_BUCKET = "jumpstart-private-cache-prod-${AWS::Region}"
"""JumpStart's bucket of the artifacts whose licence must be accepted, for ``Fn::Sub``."""


class WireFormat(NamedTuple):
    """The form of a model's requests and responses, by the name of the handlers' module that speaks it.

    ``has_window``: whether the model reads a text, of which only so much fits; ``note`` says what it does not heed of a
    request.
    """

    name: str
    app: str
    has_window: bool = False
    note: str = ""


_FLUX_NOTE = (
    "This model makes at most 4 steps, whatever is chosen, does not heed guidance and negative prompt, and rounds "
    "sides down to multiples of 16."
)
WIRE_FORMATS = {
    each.name: each
    for each in (
        WireFormat("tgi", "text", has_window=True),
        WireFormat("lmi", "text", has_window=True),
        WireFormat("mistral", "text", has_window=True),
        WireFormat("llama-3", "text", has_window=True),
        WireFormat("chat-completions", "text", has_window=True),
        WireFormat("qwen-3", "text", has_window=True),
        WireFormat("stable-diffusion", "image"),
        WireFormat("flux-schnell", "image", note=_FLUX_NOTE),
    )
}
"""The wire formats of models on SageMaker, by name."""


def codecs_of(app: str) -> tuple[str, ...]:
    """Return the names of the wire formats of an application's models; none for what is no application."""
    return tuple(each.name for each in WIRE_FORMATS.values() if each.app == app)


_MODEL_ID = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9._-]{0,99}")
_REPOSITORY = re.compile(r"[a-z0-9][a-z0-9._/-]{1,255}")
_FEWEST_TOKENS = 128
_INSTANCE_TYPE = re.compile(r"ml\.[a-z0-9-]+\.[a-z0-9]+")
_NATIVE_HOSTINGS = ("native", "scale-to-zero")
HOSTINGS_OF_MODELS = ("notebook", "existing", *_NATIVE_HOSTINGS)
"""Names of the hostings of models on SageMaker; another one has models of its own."""


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
    serves, ``text`` or ``image``; ``codec`` the wire format of its requests and responses, one of ``WIRE_FORMATS``.
    ``instance_types`` lists what it runs on, the first of them by default. ``version``, its version in JumpStart, is
    for a notebook that deploys it, and ``container`` for the hostings whose endpoint is a resource of the template; a
    model with neither is one that an endpoint serves already. ``repositories`` are the names of the ECR repositories
    that its image may come from: that of the container, when they are not given.

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
        _check_kinds(self)
        _check_words(self)
        _check_instance_types(self)
        _check_window(self)
        _check_origin(self)
        if self.container and not self.repositories:
            object.__setattr__(self, "repositories", (self.container.repository,))

    @property
    def hostings(self) -> tuple[str, ...]:
        """Names of the hostings that the model can."""
        notebook = ("notebook",) if self.version else ()
        return (*notebook, "existing", *(_NATIVE_HOSTINGS if self.container else ()))

    @property
    def note(self) -> str:
        """What whoever calls the model has to know of the settings that it does not heed; empty when it heeds all."""
        return WIRE_FORMATS[self.codec].note

    @property
    def content_bucket(self) -> str:
        """The bucket of the model's artifacts, with ``${AWS::Region}`` for ``Fn::Sub`` to fill in."""
        if self.container:
            return self.container.bucket
        return PRIVATE_BUCKET if self.gated else PUBLIC_BUCKET

    @property
    def content_prefix(self) -> str:
        """What the keys of the artifacts begin with in a bucket of the caller's; empty in one of JumpStart's."""
        own = self.content_bucket not in (PUBLIC_BUCKET, PRIVATE_BUCKET)
        return self.container.artifact_prefix if self.container and own else ""


def _matches(pattern: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


_KINDS: dict[str, tuple[Any, str]] = {
    "app": (str, "a str"),
    "codec": (str, "a str"),
    "version": (str, "a str"),
    "default_instance_type": (str, "a str"),
    "repositories": (tuple, "a tuple"),
    "license": (str, "a str"),
    "license_url": (str | None, "a str"),
    "gated": (bool, "a bool"),
    "recommended": (bool, "a bool"),
    "container": (Container | None, "a Container"),
    "lifecycle": (Lifecycle | None, "a Lifecycle"),
}


def _is_a(kind: Any, value: object) -> bool:
    return isinstance(value, kind)


def _check_kinds(model: Model) -> None:
    for name, (kind, words) in _KINDS.items():
        if not _is_a(kind, value := getattr(model, name)):
            raise InvalidOption(f"{name} of model {model.model_id!r} is {value!r}; it must be {words}")
    for each in model.repositories:
        if not _matches(_REPOSITORY, each):
            raise InvalidOption(
                f"repositories of model {model.model_id!r} have {each!r}; give names of ECR repositories"
            )


def _check_words(model: Model) -> None:
    if not _matches(_MODEL_ID, model.model_id):
        raise InvalidOption(f"model_id is {model.model_id!r}; give up to 100 letters, digits, hyphens and dots")
    codecs = codecs_of(model.app)
    if not codecs:
        apps = ", ".join(dict.fromkeys(each.app for each in WIRE_FORMATS.values()))
        raise InvalidOption(f"app of model {model.model_id!r} is {model.app!r}; choose one of {apps}")
    if model.codec not in codecs:
        raise InvalidOption(f"codec of model {model.model_id!r} is {model.codec!r}; choose one of {', '.join(codecs)}")


def _check_instance_types(model: Model) -> None:
    types = model.instance_types
    if not types or not _is_a(tuple, types):
        raise InvalidOption(f"instance_types of model {model.model_id!r} are {types!r}; give a tuple of at least one")
    for each in (*types, *(model.container.environment_by_instance_type if model.container else ())):
        if not _matches(_INSTANCE_TYPE, each):
            raise InvalidOption(f"{each!r} is no instance type of SageMaker; they are like ml.g5.2xlarge")
    if not model.default_instance_type:
        object.__setattr__(model, "default_instance_type", types[0])
    check_instance_type(model, model.default_instance_type)


def _check_window(model: Model) -> None:
    """Raise InvalidOption unless a model with a window says how much it reads, and how much it reads and writes."""
    reads, both = model.max_input_tokens, model.max_total_tokens
    if not WIRE_FORMATS[model.codec].has_window:
        if (reads, both) != (None, None):
            raise InvalidOption(f"model {model.model_id!r} has no window; leave out max_input_tokens, max_total_tokens")
    elif not (_is_a(int, reads) and _is_a(int, both) and _FEWEST_TOKENS <= (reads or 0) < (both or 0)):
        raise InvalidOption(
            f"model {model.model_id!r} has max_input_tokens {reads!r} and max_total_tokens {both!r}; "
            f"give two numbers, the first at least {_FEWEST_TOKENS} and below the second"
        )


def _check_origin(model: Model) -> None:
    """Raise InvalidOption unless the model comes from somewhere that its role can be granted."""
    container = model.container
    if model.version and container is None and not model.repositories:
        raise InvalidOption(f"give the repositories that the image of model {model.model_id!r} may come from")
    jumpstart = PRIVATE_BUCKET if model.gated else PUBLIC_BUCKET
    if model.version and container and container.bucket != jumpstart:
        raise InvalidOption(
            f"model {model.model_id!r} has both a version in JumpStart and a container with artifacts of its own; "
            f"leave out one of them, or take the artifacts from s3://{jumpstart}/"
        )


def check_instance_type(model: Model, instance_type: str) -> None:
    """Raise InvalidOption unless the model runs on this SageMaker instance type."""
    if instance_type not in model.instance_types:
        raise InvalidOption(
            f"model {model.model_id!r} does not run on {instance_type}; choose one of "
            + ", ".join(model.instance_types)
        )
