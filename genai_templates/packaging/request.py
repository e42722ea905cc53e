"""What a build is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..catalog import FALCON_7B_INSTRUCT, STABLE_DIFFUSION_V2, find_model
from ..errors import InvalidOption
from ..options import Architecture, Hosting
from .lint import DEFAULT_REGIONS

APPS = ("text", "image")
"""The stacks, in the order in which they are built and shown."""

DEFAULT_MODELS = {"text": FALCON_7B_INSTRUCT, "image": STABLE_DIFFUSION_V2}
"""The model of each application when none is chosen."""


@dataclass(frozen=True, kw_only=True)
class BuildRequest:
    """Which stacks to build, and how.

    ``apps`` are the stacks' names; ``models`` the JumpStart model id by the stack's name, where it is not the
    default; ``regions`` those to lint for, none to leave lint out; ``accept_license`` accepts the licences of
    the models.
    """

    apps: tuple[str, ...] = APPS
    hosting: Hosting = Hosting.NOTEBOOK
    architecture: Architecture = Architecture.X86_64
    models: Mapping[str, str] = field(default_factory=dict)
    regions: tuple[str, ...] = DEFAULT_REGIONS
    accept_license: bool = False

    def __post_init__(self) -> None:
        """Raise InvalidOption for an unknown stack, a model without its stack, or one that cannot be had."""
        unknown = [app for app in self.apps if app not in APPS]
        if unknown or not self.apps:
            raise InvalidOption(f"stacks are {', '.join(APPS)}; {', '.join(unknown) or 'none'} was asked for")
        for app, model in self.models.items():
            if app not in self.apps:
                raise InvalidOption(f"model {model!r} is for the {app} stack, which is not among those to build")
            find_model(model, task=app, accept_license=self.accept_license)

    def model_of(self, app: str) -> str:
        """Return the JumpStart model id of a stack."""
        return self.models.get(app, DEFAULT_MODELS[app])

    def identity(self) -> dict[str, object]:
        """Return all that was chosen, as JSON can hold it: equal for equal requests."""
        return {
            "models": {app: self.model_of(app) for app in APPS if app in self.apps},
            "hosting": self.hosting.value,
            "architecture": self.architecture.value,
            "regions": sorted(set(self.regions)),
            "accept_license": self.accept_license,
        }
