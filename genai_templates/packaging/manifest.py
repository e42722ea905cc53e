"""``manifest.json``: what was built, for tools that upload and deploy it, and for people to compare."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, NotRequired, TypedDict, cast

from ..errors import PackagingError
from ..limits import TEMPLATE_INLINE, TEMPLATE_UPLOADED
from .request import BuildRequest

if TYPE_CHECKING:
    from .artifacts import AppArtifacts

MANIFEST_PATH = "manifest.json"
"""Where the manifest is in the output folder."""

TEMPLATE_SUFFIX = ".template.json"
"""How the names of templates end."""

FORMAT = 1
"""The version of the manifest's form; a change that a reader would stumble over raises it."""


class FileEntry(TypedDict):
    """A file of the output folder: its path there, SHA-256 in hex and size in bytes."""

    path: str
    sha256: str
    bytes: int


class TemplateEntry(FileEntry):
    """The template, with its size in bytes when it is written without white space."""

    bytes_minified: int


class ArtifactEntry(FileEntry):
    """An artifact, with its S3 key and the template's parameter whose default that key is."""

    parameter: str
    key: str


class StackEntry(TypedDict):
    """What was built for one stack, and from which choices.

    ``single_file`` is the template that holds its artifacts.
    """

    model: str
    options: dict[str, str]
    template: TemplateEntry
    openapi: FileEntry
    artifacts: list[ArtifactEntry]
    single_file: NotRequired[TemplateEntry]


class Manifest(TypedDict):
    """The whole manifest: the stacks by name."""

    format: int
    stacks: dict[str, StackEntry]


def template_path(app: str) -> str:
    """Return where the template of a stack is in the output folder."""
    return f"templates/{app}{TEMPLATE_SUFFIX}"


def single_file_path(app: str) -> str:
    """Return where the template that holds a stack's artifacts is in the output folder."""
    return f"console/{app}{TEMPLATE_SUFFIX}"


def openapi_path(app: str) -> str:
    """Return where the description of a stack's API is in the output folder."""
    return f"openapi/{app}.json"


def stack_entry(
    app: str, request: BuildRequest, *, template: bytes, openapi: bytes, artifacts: AppArtifacts
) -> StackEntry:
    """Describe what was built for one stack."""
    return {
        "model": request.model_of(app),
        "options": request.chosen(),
        "template": template_entry(template_path(app), template),
        "openapi": _file_entry(openapi_path(app), openapi),
        "artifacts": [
            {
                **_file_entry(f"artifacts/{artifact.key}", artifact.content),
                "parameter": artifact.parameter,
                "key": artifact.key,
            }
            for artifact in artifacts
        ],
    }


def template_entry(path: str, template: bytes) -> TemplateEntry:
    """Describe a template. Raises PackagingError for one that is larger than CloudFormation takes."""
    if len(template) > TEMPLATE_UPLOADED.value:
        raise PackagingError(
            f"{path} would have {len(template):,} bytes; CloudFormation takes {TEMPLATE_UPLOADED.value:,}: "
            "make the page or the handlers smaller"
        )
    return {**_file_entry(path, template), "bytes_minified": len(minified(template))}


def read_manifest(output: Path) -> Manifest:
    """Return the manifest of the output folder. Raises PackagingError when there is none that can be read."""
    path = output / MANIFEST_PATH
    try:
        manifest = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise PackagingError(f"cannot read {path} ({error}): run 'genai-templates build' first") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise PackagingError(f"{path} was written by another version: run 'genai-templates build' again")
    return cast(Manifest, manifest)


def json_bytes(document: object) -> bytes:
    """Return a JSON document as all files here have it: sorted, indented, with a final newline."""
    return (json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()


def minified(document: bytes) -> bytes:
    """Return a JSON document without white space: the form to pass inline to CloudFormation."""
    return json.dumps(json.loads(document), separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode()


def size_line(template: TemplateEntry) -> str:
    """Say how large a template is and how CloudFormation takes it: inline, or from S3 or an upload."""
    plain, small = template["bytes"], template["bytes_minified"]
    inline, uploaded = TEMPLATE_INLINE.value, TEMPLATE_UPLOADED.value
    if plain <= inline:
        verdict = f"within the {inline:,} bytes that may be passed inline"
    elif small <= inline:
        verdict = f"minified within the {inline:,} bytes that may be passed inline"
    else:
        verdict = f"over the {inline:,} bytes that may be passed inline: upload it (up to {uploaded:,})"
    return f"{plain:,} bytes, minified {small:,}; {verdict}"


def _file_entry(path: str, content: bytes) -> FileEntry:
    return {"path": path, "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
