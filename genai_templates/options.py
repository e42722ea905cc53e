"""What a builder can be told: enums and frozen dataclasses, checked when they are made.

A bad value raises InvalidOption here, with what was given and what is allowed, and never reaches a template.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass, field
from typing import TypedDict

from .catalog import Model, check_instance_type, find_model
from .errors import InvalidOption

_KEY = re.compile(r"[A-Za-z0-9!_.*'()/-]{1,1024}")
_STACK_PREFIX = "genai-templates"


class Hosting(enum.Enum):
    """How the model endpoint comes to be."""

    NOTEBOOK = "notebook"
    """A SageMaker notebook instance of the stack deploys the JumpStart model."""
    EXISTING = "existing"
    """The endpoint is there already; its name is a parameter of the template."""


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
    """S3 keys of the artifacts that a template refers to; they become the defaults of its parameters."""

    handlers: str
    custom_resources: str

    def __post_init__(self) -> None:
        """Raise InvalidOption for a key that S3 would need to have escaped."""
        for key in (self.handlers, self.custom_resources):
            if not _KEY.fullmatch(key):
                raise InvalidOption(f"artifact key {key!r} may only have characters that S3 takes as they are")

    @classmethod
    def unhashed(cls, app: str) -> ArtifactKeys:
        """Return the keys of a template that was built without its artifacts."""
        return cls(
            handlers=f"{_STACK_PREFIX}/{app}/handlers.zip",
            custom_resources=f"{_STACK_PREFIX}/{app}/custom-resources.zip",
        )


_DEFAULT_RANGES = ("10.0.0.0/16", "10.0.1.0/24", "10.0.2.0/24", "10.0.3.0/24")


@dataclass(frozen=True, kw_only=True)
class NetworkRanges:
    """Address ranges of the VPC, in CIDR notation; they become the defaults of the template's parameters.

    The VPC takes a prefix length of 16 to 28, as do subnets; the subnets lie in the VPC and do not overlap.
    """

    vpc: str = _DEFAULT_RANGES[0]
    public_one: str = _DEFAULT_RANGES[1]
    public_two: str = _DEFAULT_RANGES[2]
    private: str = _DEFAULT_RANGES[3]

    def __post_init__(self) -> None:
        """Raise InvalidOption for a range that EC2 would refuse."""
        if tuple(vars(self).values()) != _DEFAULT_RANGES:  # ipaddress is worth its import only when there is a doubt
            _check_ranges(self)


def _check_ranges(ranges: NetworkRanges) -> None:
    import ipaddress

    def parse(name: str) -> ipaddress.IPv4Network:
        text = getattr(ranges, name)
        try:
            network = ipaddress.IPv4Network(text)
        except ValueError as error:
            raise InvalidOption(f"{name} range {text!r} is not an IPv4 CIDR block: {error}") from None
        if not 16 <= network.prefixlen <= 28:
            raise InvalidOption(f"{name} range {text} has to have a prefix length of 16 to 28")
        return network

    vpc = parse("vpc")
    subnets = {name: parse(name) for name in ("public_one", "public_two", "private")}
    for name, subnet in subnets.items():
        if not subnet.subnet_of(vpc):
            raise InvalidOption(f"{name} range {subnet} is outside the VPC's range {vpc}")
        for other_name, other in subnets.items():
            if other_name != name and subnet.overlaps(other):
                raise InvalidOption(f"{name} range {subnet} overlaps {other_name} range {other}")


@dataclass(frozen=True, kw_only=True)
class StackOptions:
    """Everything that can be chosen about a stack when its template is built.

    ``model`` is a JumpStart model id of the catalogue; ``instance_type`` what its endpoint runs on (the model's own
    default when empty) and ``fallback_instance_types`` what the deployment tries next when there is no capacity.
    ``accept_license`` accepts the licence of a model that has one.
    """

    app: str
    model: str
    hosting: Hosting = Hosting.NOTEBOOK
    instance_type: str = ""
    fallback_instance_types: tuple[str, ...] = ()
    architecture: Architecture = Architecture.X86_64
    function_network: FunctionNetwork = FunctionNetwork.PUBLIC
    network: NetworkRanges = field(default_factory=NetworkRanges)
    artifacts: ArtifactKeys | None = None
    accept_license: bool = False

    def __post_init__(self) -> None:
        """Raise InvalidOption for an option of the wrong kind, or one that the model does not support."""
        for name, kind in _KINDS.items():
            if not isinstance(getattr(self, name), kind):
                allowed = ", ".join(str(member) for member in kind)
                raise InvalidOption(f"{name} is {getattr(self, name)!r}; choose one of {allowed}")
        for instance_type in self.instance_types:
            check_instance_type(self.jumpstart_model, instance_type)

    @property
    def jumpstart_model(self) -> Model:
        """The catalogue's entry of the model."""
        return find_model(self.model, task=self.app, accept_license=self.accept_license)

    @property
    def instance_types(self) -> tuple[str, ...]:
        """The endpoint's instance types in the order in which they are tried."""
        return (self.instance_type or self.jumpstart_model.default_instance_type, *self.fallback_instance_types)

    @property
    def artifact_keys(self) -> ArtifactKeys:
        """The artifacts' keys, or those of a template without artifacts."""
        return self.artifacts or ArtifactKeys.unhashed(self.app)


_KINDS: dict[str, type[enum.Enum]] = {
    "hosting": Hosting,
    "architecture": Architecture,
    "function_network": FunctionNetwork,
}


class StackChoices(TypedDict, total=False):
    """The keyword arguments of a stack besides its model: the fields of StackOptions."""

    hosting: Hosting
    instance_type: str
    fallback_instance_types: tuple[str, ...]
    architecture: Architecture
    function_network: FunctionNetwork
    network: NetworkRanges
    artifacts: ArtifactKeys | None
    accept_license: bool
