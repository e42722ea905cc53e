"""Artifacts that a template refers to, or holds."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from ..errors import InvalidOption

_KEY = re.compile(r"[A-Za-z0-9!_.*'()/-]{1,1024}")
_STACK_PREFIX = "genai-templates"


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
