"""Declaration of an option: its type, its default, and what there is to say of it."""

import enum
from typing import Any, NamedTuple, get_args, get_origin

from ..errors import InvalidOption


class Option(NamedTuple):
    """What there is to say of an option besides its name and type.

    ``meaning`` is what it chooses, ``adds`` what comes to the template with another choice than the default, and
    ``costs`` what that costs. ``apps`` are the applications that have it, all of them when empty. ``flag`` is false for
    what the command line sets by itself.
    """

    default: Any
    meaning: str
    adds: str = "nothing"
    costs: str = "nothing"
    flag: bool = True
    apps: tuple[str, ...] = ()


class Declaration(NamedTuple):
    """An option with its name and type."""

    name: str
    kind: Any
    option: Option

    @property
    def runtime_kind(self) -> Any:
        """The type as ``isinstance`` takes it."""
        return get_origin(self.kind) if get_origin(self.kind) is tuple else self.kind

    def check(self, value: object, *, app: str) -> None:
        """Raise InvalidOption for a value of another type, and for a choice that the application does not have."""
        if not isinstance(value, self.runtime_kind):
            raise InvalidOption(f"{self.name} is {value!r}; {self._allowed}")
        if value != self.option.default and not self.is_of(app):
            raise InvalidOption(f"`{self.name}` is for the {' and '.join(self.option.apps)} application, not for {app}")

    def is_of(self, app: str) -> bool:
        """Whether the application has the option."""
        return not self.option.apps or app in self.option.apps

    @property
    def _allowed(self) -> str:
        if isinstance(self.kind, enum.EnumType):
            return "choose one of " + ", ".join(map(str, self.kind.__members__.values()))
        return f"it must be a {getattr(self.kind, '__name__', self.kind)}"


def declare(name: str, annotation: Any) -> Declaration:
    """Return the declaration of an option from the annotation of its field."""
    kind, option = get_args(annotation)
    return Declaration(name, kind, option)
