"""The options of a stack, checked when they are chosen.

A bad value raises InvalidOption here, with what was given and what is allowed, and never reaches a template.
"""

import enum
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, NamedTuple, Self, TypedDict, Unpack, cast, get_args, get_origin

from .bedrock_catalog import find_bedrock_model
from .catalog import Model, check_hosting, check_instance_type, find_model
from .errors import InvalidOption
from .network_ranges import NetworkRanges

_KEY = re.compile(r"[A-Za-z0-9!_.*'()/-]{1,1024}")
_STACK_PREFIX = "genai-templates"


class Hosting(enum.Enum):
    """Where the model lives."""

    NOTEBOOK = "notebook"
    """A SageMaker notebook instance of the stack deploys the JumpStart model."""
    EXISTING = "existing"
    """The endpoint is there already; its name is a parameter of the template."""
    NATIVE = "native"
    """Model, configuration and endpoint are resources of the template."""
    SCALE_TO_ZERO = "scale-to-zero"
    """No instance while there are no requests: the next one wakes the model, which takes minutes."""
    BEDROCK = "bedrock"
    """A model of Amazon Bedrock, on demand: there is no endpoint."""


class Architecture(enum.Enum):
    """Processor architecture of the Lambda functions."""

    X86_64 = "x86_64"
    ARM64 = "arm64"


class FunctionNetwork(enum.Enum):
    """Where the Lambda functions that speak to the model run."""

    PUBLIC = "public"
    """In Lambda's own network: nothing to pay for."""
    PRIVATE = "private"
    """In the private subnet of the stack's VPC, with an endpoint for every service that they call."""


@dataclass(frozen=True, kw_only=True)
class ArtifactKeys:
    """S3 keys of the artifacts that a template refers to where its parameters name no others."""

    handlers: str
    custom_resources: str

    def __post_init__(self) -> None:
        """Raise InvalidOption for a key that S3 would need to have escaped."""
        for key in (self.handlers, self.custom_resources):
            _check_text("artifact key", key)
            if not _KEY.fullmatch(key):
                raise InvalidOption(f"artifact key {key!r} may only have characters that S3 takes as they are")

    @classmethod
    def unhashed(cls, app: str) -> Self:
        """Return the keys of a template that was built without its artifacts."""
        return cls(
            handlers=f"{_STACK_PREFIX}/{app}/handlers.zip",
            custom_resources=f"{_STACK_PREFIX}/{app}/custom-resources.zip",
        )


@dataclass(frozen=True, kw_only=True)
class InlineArtifacts:
    """Artifacts that travel in the template itself: the S3 keys that they get, and the content of each by its key."""

    keys: ArtifactKeys
    contents: Mapping[str, bytes] = field(repr=False)

    def __post_init__(self) -> None:
        """Raise InvalidOption unless each key has its content, and nothing else is there."""
        if set(self.contents) != {self.keys.handlers, self.keys.custom_resources}:
            raise InvalidOption(
                f"artifacts have the keys {self.keys.handlers} and {self.keys.custom_resources}, "
                f"and contents for {', '.join(sorted(self.contents)) or 'none'}"
            )


def _check_text(name: str, value: object) -> None:
    if not isinstance(value, str):
        raise InvalidOption(f"{name} is {value!r}; it must be a str")


class Option(NamedTuple):
    """What there is to say of an option besides its name and type.

    ``meaning`` is what it chooses, ``adds`` what comes to the template with another choice than the default, and
    ``costs`` what that costs. ``flag`` is false for what the command line sets by itself.
    """

    default: Any
    meaning: str
    adds: str = "nothing"
    costs: str = "nothing"
    flag: bool = True


class StackOptionFields(TypedDict, total=False):
    """The options of a stack: each is said here, and nowhere else.

    The checks, the flags of the command line, the keyword arguments of the stacks and the table in ``docs/options.md``
    come from these lines.
    """

    hosting: Annotated[
        Hosting,
        Option(
            Hosting.NOTEBOOK,
            "where the model lives: at an endpoint that a notebook instance of the stack deploys, at one that is there "
            "already and whose name is a parameter, at one that is a resource of the template, at one that has no "
            "instance while there are no requests, or on Amazon Bedrock",
            adds="existing: the parameter `ExistingEndpointName`, and neither notebook nor janitor; native: model, "
            "endpoint configuration, endpoint and scaling in their place, and alarms that take an update back; "
            "scale-to-zero: the same with an inference component (text), or an asynchronous endpoint with its bucket "
            "and topics (image), and alarms that put it to sleep and wake it; "
            "bedrock: the parameter `ModelId`, and no SageMaker",
            costs="existing: no endpoint of its own; native: no notebook, and twice the instances during an update; "
            "scale-to-zero: no instance while idle, and about ten minutes for the first request; "
            "bedrock: each use, and nothing while idle",
        ),
    ]
    instance_type: Annotated[
        str, Option("", "what the endpoint runs on: the default of a parameter; empty for the model's own")
    ]
    fallback_instance_types: Annotated[
        tuple[str, ...],
        Option((), "what the deployment tries next, in this order, when there is no capacity or quota"),
    ]
    architecture: Annotated[Architecture, Option(Architecture.X86_64, "the processor of the Lambda functions")]
    function_network: Annotated[
        FunctionNetwork,
        Option(
            FunctionNetwork.PUBLIC,
            "where the functions that call the model run: in Lambda's own network, or in the private subnet of a VPC",
            adds="private: a VPC, its parameters, and an interface endpoint for each service that is called",
            costs="private: about 7 USD a month for each interface endpoint",
        ),
    ]
    network: Annotated[NetworkRanges, Option(NetworkRanges(), "address ranges of that VPC: the defaults of parameters")]
    artifacts: Annotated[
        ArtifactKeys | InlineArtifacts | None,
        Option(
            None,
            "where the artifacts are: their S3 keys in a bucket that is a parameter, or themselves, in the template; "
            "without them, keys without a hash",
            adds="InlineArtifacts: a bucket and the function that fills it, and no parameter of the artifacts",
            flag=False,
        ),
    ]
    accept_license: Annotated[bool, Option(False, "accepts the licence of a model that has one")]


class Declaration(NamedTuple):
    """An option with its name and type."""

    name: str
    kind: Any
    option: Option

    @property
    def runtime_kind(self) -> Any:
        """The type as ``isinstance`` takes it."""
        return get_origin(self.kind) if get_origin(self.kind) is tuple else self.kind

    def check(self, value: object) -> None:
        """Raise InvalidOption for a value of another type."""
        if not isinstance(value, self.runtime_kind):
            raise InvalidOption(f"{self.name} is {value!r}; {self._allowed}")

    @property
    def _allowed(self) -> str:
        if isinstance(self.kind, enum.EnumType):
            return "choose one of " + ", ".join(map(str, self.kind.__members__.values()))
        return f"it must be a {getattr(self.kind, '__name__', self.kind)}"


def _declare(name: str, annotation: Any) -> Declaration:
    kind, option = get_args(annotation)
    return Declaration(name, kind, option)


OPTIONS = {name: _declare(name, annotation) for name, annotation in StackOptionFields.__annotations__.items()}
"""Every option by its name."""


class StackOptions:
    """All that is chosen about a stack when its template is built.

    ``app`` is the application's name, ``model`` a model id of the hosting's catalogue or a model that is described, and
    ``values`` holds every option, chosen or default. Raises InvalidOption for an unknown option, one of the wrong kind,
    and one that the model does not support.
    """

    __slots__ = ("app", "model", "values")

    def __init__(self, *, app: str, model: str | Model, **chosen: Unpack[StackOptionFields]) -> None:
        """Check what is chosen, and complete it."""
        if not isinstance(model, str | Model):
            raise InvalidOption(f"model is {model!r}; it must be a str or a Model")
        self.app, self.model = app, model
        if unknown := sorted(chosen.keys() - OPTIONS.keys()):
            raise InvalidOption(f"there is no option {', '.join(unknown)}; choose from model, {', '.join(OPTIONS)}")
        for name, value in chosen.items():
            OPTIONS[name].check(value)
        self.values = cast(StackOptionFields, {name: each.option.default for name, each in OPTIONS.items()} | chosen)
        _CHECKS.get(self.values["hosting"], _check_sagemaker_model)(self)

    @property
    def jumpstart_model(self) -> Model:
        """The catalogue's entry of the model, for a hosting on SageMaker."""
        return find_model(self.model, app=self.app, accept_license=self.values["accept_license"])

    @property
    def instance_types(self) -> tuple[str, ...]:
        """The endpoint's instance types in the order in which they are tried."""
        first = self.values["instance_type"] or self.jumpstart_model.default_instance_type
        return (first, *self.values["fallback_instance_types"])

    @property
    def artifacts(self) -> ArtifactKeys | InlineArtifacts:
        """The artifacts or their keys, or the keys of a template without artifacts."""
        return self.values["artifacts"] or ArtifactKeys.unhashed(self.app)


def _check_sagemaker_model(options: StackOptions) -> None:
    check_hosting(options.jumpstart_model, options.values["hosting"].value)
    types = options.instance_types
    for instance_type in types:
        check_instance_type(options.jumpstart_model, instance_type)
    if len(set(types)) < len(types):
        raise InvalidOption(
            f"the endpoint's instance type is {types[0]} and its fallback_instance_types are {', '.join(types[1:])}; "
            "give each once"
        )


def _check_bedrock_model(options: StackOptions) -> None:
    if isinstance(options.model, Model):
        raise InvalidOption(
            "a model that is described is one on SageMaker; give the id of one of Amazon Bedrock's models"
        )
    find_bedrock_model(options.model, app=options.app)
    if options.values["instance_type"] or options.values["fallback_instance_types"]:
        raise InvalidOption(
            f"model {options.model!r} is Amazon Bedrock's and has no instances of ours: "
            "leave instance_type and fallback_instance_types out"
        )


_CHECKS: dict[Hosting, Callable[[StackOptions], None]] = {Hosting.BEDROCK: _check_bedrock_model}
"""How the model is checked, where it is not one on SageMaker."""
