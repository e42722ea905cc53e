"""The artifacts of an application: which files are in which zip, and the S3 key that carries the content's
hash.

The paths in a zip are those of the repository, so that a handler is imported by the same name everywhere.
Bytecode is left out: it would tie the bytes to the Python that builds them. The image function's cold start pays for
that with a quarter of the time that the import of boto3 takes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from ..apps import App
from ..options import Architecture, ArtifactKeys, InlineArtifacts
from ..sources import handlers_root, read_files
from .archive import Member, zip_bytes
from .pillow import pillow_members
from .site import site_files

_KEY_DIGITS = 12


@dataclass(frozen=True, kw_only=True)
class Artifact:
    """A zip that a template refers to: the parameter whose default its S3 key is, and its content."""

    parameter: str
    key: str
    content: bytes

    @property
    def sha256(self) -> str:
        """The SHA-256 of the content, in hex."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, kw_only=True)
class AppArtifacts:
    """Both artifacts of an application."""

    handlers: Artifact
    custom_resources: Artifact

    @property
    def keys(self) -> ArtifactKeys:
        """The S3 keys, as a stack takes them."""
        return ArtifactKeys(handlers=self.handlers.key, custom_resources=self.custom_resources.key)

    @property
    def inline(self) -> InlineArtifacts:
        """The artifacts themselves, as a stack takes them."""
        return InlineArtifacts(keys=self.keys, contents={artifact.key: artifact.content for artifact in self})

    def __iter__(self) -> Iterator[Artifact]:
        """Go through the artifacts, the handlers first."""
        return iter((self.handlers, self.custom_resources))


def make_artifacts(app: App, architecture: Architecture) -> AppArtifacts:
    """Make the artifacts of an application for functions of this architecture.

    Raises PackagingError when a file is missing or Pillow's wheel is not available.
    """
    return AppArtifacts(
        handlers=_artifact(app.name, "handlers", "LambdaS3Key", _handler_members(app, architecture)),
        custom_resources=_artifact(app.name, "custom-resources", "CustomResourcesS3Key", _custom_resource_members(app)),
    )


def make_inline_artifacts(app: App) -> InlineArtifacts:
    """Make the artifacts of an application for a template to hold, where wheels do not fit.

    Raises PackagingError when a file is missing.
    """
    return make_artifacts(app._replace(wheels=()), Architecture.X86_64).inline  # without wheels, for any architecture


WHEELS: dict[str, Callable[[Architecture], dict[str, Member]]] = {"pillow": pillow_members}
"""What bundles a package, by its name."""


def _handler_members(app: App, architecture: Architecture) -> dict[str, Member]:
    members = _python_members(app.packages)
    for wheel in app.wheels:
        members |= WHEELS[wheel](architecture)
    return members


def _custom_resource_members(app: App) -> dict[str, Member]:
    site = {f"site/{path}": Member.stored(content) for path, content in site_files(app.name).items()}
    return _python_members(("common", "custom_resources")) | site


def _python_members(packages: Iterable[str]) -> dict[str, Member]:
    root = handlers_root()
    files = {"handlers/__init__.py": (root / "__init__.py").read_bytes()}
    for name in packages:
        files |= read_files(root / name, f"handlers/{name}/")
    return {path: Member.stored(content) for path, content in files.items() if path.endswith((".py", ".json"))}


def _artifact(app: str, kind: str, parameter: str, members: Mapping[str, Member]) -> Artifact:
    content = zip_bytes(members)
    digest = hashlib.sha256(content).hexdigest()
    return Artifact(
        parameter=parameter, key=f"genai-templates/{app}/{kind}-{digest[:_KEY_DIGITS]}.zip", content=content
    )
