"""Build request: the applications, options and regions of a build."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Unpack, cast

from ..apps import APPS
from ..errors import InvalidOption
from ..options import OPTIONS, StackOptionFields, StackOptions
from .lint import DEFAULT_REGIONS


class BuildRequest:
    """Which applications to build, and how.

    ``apps`` are their names (all of them when none are given); ``models`` the JumpStart model id by the application's
    name, where it is not the default; ``regions`` those to lint for, none to leave lint out; with ``single_file`` each
    application has another template besides, which holds its artifacts; ``options`` are those of every stack. Raises
    InvalidOption for an unknown application, a model without its application, or an option that cannot work.
    """

    def __init__(
        self,
        *,
        apps: tuple[str, ...] | None = None,
        models: Mapping[str, str] | None = None,
        regions: tuple[str, ...] = DEFAULT_REGIONS,
        single_file: bool = False,
        **options: Unpack[StackOptionFields],
    ) -> None:
        """Check the applications, models and options."""
        self.apps = tuple(APPS) if apps is None else apps
        self.models: Mapping[str, str] = models or {}
        self.regions = regions
        self.single_file = single_file
        self.options = options
        unknown = [app for app in self.apps if app not in APPS]
        if unknown or not self.apps:
            raise InvalidOption(f"applications are {', '.join(APPS)}; {', '.join(unknown) or 'none'} was given")
        for app, model in self.models.items():
            if app not in self.apps:
                raise InvalidOption(f"model {model!r} is for the {app} application, which is not among those to build")
        for app in self.apps:
            StackOptions(app=app, model=self.model_of(app), **self.options_of(app))

    def model_of(self, app: str) -> str:
        """Return the model id of an application."""
        return self.models.get(app, APPS[app].default_model_on(self.options.get("hosting")))

    def options_of(self, app: str) -> StackOptionFields:
        """Return the options that the application has; all of them where it is the only one, to be refused there."""
        one = len(self.apps) == 1
        return cast(
            StackOptionFields, {name: each for name, each in self.options.items() if one or OPTIONS[name].is_of(app)}
        )

    def value(self, name: str) -> Any:
        """Return what is chosen for an option, or its default."""
        return self.options.get(name, OPTIONS[name].option.default)

    def chosen(self) -> dict[str, str]:
        """Return every option as text, for records: equal for equal choices."""
        return {name: str(getattr(self.value(name), "value", self.value(name))) for name in OPTIONS}

    def identity(self) -> dict[str, object]:
        """Return all that was chosen, as JSON can hold it: equal for equal requests."""
        return {
            "models": {app: self.model_of(app) for app in APPS if app in self.apps},
            "regions": sorted(set(self.regions)),
            "single_file": self.single_file,
            "options": self.chosen(),
        }

    def __eq__(self, other: object) -> bool:
        """Tell whether the two are of the same build."""
        return isinstance(other, BuildRequest) and self.identity() == other.identity()

    def __hash__(self) -> int:
        """Return a hash that is equal for equal requests."""
        return hash(str(self.identity()))
