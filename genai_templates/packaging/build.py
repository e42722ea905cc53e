"""The whole build: artifacts, then the template that refers to them, then the manifest, lint, and the folder.

Nothing that was built before changes until all of the new is made and has passed lint, so that a build that
fails leaves the last good one. The manifest is written last: whoever reads it finds what it names.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..apps import APPS, App
from ..errors import LintFindings
from ..options import ArtifactKeys, InlineArtifacts, StackOptionFields
from .folder import output_lock, write_atomically
from .incremental import is_up_to_date, read_record, snapshot, stale_outputs, write_record
from .lint import check_regions, lint_templates, lint_version
from .manifest import (
    FORMAT,
    MANIFEST_PATH,
    TEMPLATE_SUFFIX,
    Manifest,
    StackEntry,
    json_bytes,
    openapi_path,
    read_manifest,
    single_file_path,
    stack_entry,
    template_entry,
    template_path,
)
from .request import BuildRequest

if TYPE_CHECKING:
    from ..stacks.base import Stack


@dataclass(frozen=True, kw_only=True)
class BuildResult:
    """What is in the output folder now, and whether that was so before."""

    manifest: Manifest
    unchanged: bool


def build(output: Path, request: BuildRequest, progress: Callable[[str], None]) -> BuildResult:
    """Build, package and lint the requested stacks into a folder, which then holds these alone.

    ``progress`` is told each step. Raises PackagingError, LintFindings or another error of the library; the
    folder is then as it was before.
    """
    with output_lock(output):
        earlier = read_record(output)
        now = snapshot(request, earlier)
        if is_up_to_date(now, earlier, output):
            return BuildResult(manifest=read_manifest(output), unchanged=True)
        if request.regions:
            lint_version()  # what cannot work is said before, not after, the work
            check_regions(request.regions)
        manifest, files = _make(request, progress)
        if request.regions:
            _lint(output, request, files, progress)
        for path, content in files.items():
            write_atomically(output / path, content)
        for stale in stale_outputs(output, earlier, files):
            stale.unlink(missing_ok=True)
        write_record(output, now, files)
        return BuildResult(manifest=manifest, unchanged=False)


def make_stack(app: App, request: BuildRequest, artifacts: ArtifactKeys | InlineArtifacts) -> Stack:
    """Make the stack of an application with the request's options."""
    options: StackOptionFields = {**request.options_of(app.name), "artifacts": artifacts}
    return app.load_stack()(model=request.model_of(app.name), **options)


def _make(request: BuildRequest, progress: Callable[[str], None]) -> tuple[Manifest, dict[str, bytes]]:
    from .artifacts import make_artifacts, make_inline_artifacts

    entries: dict[str, StackEntry] = {}
    files: dict[str, bytes] = {}
    for app in request.apps:
        progress(f"{app}: packaging handlers and page")
        artifacts = make_artifacts(APPS[app], request.value("architecture"))
        progress(f"{app}: building the template")
        stack = make_stack(APPS[app], request, artifacts.keys)
        template, openapi = stack.to_json().encode(), json_bytes(stack.openapi())
        entries[app] = stack_entry(app, request, template=template, openapi=openapi, artifacts=artifacts)
        files |= {f"artifacts/{artifact.key}": artifact.content for artifact in artifacts}
        files |= {template_path(app): template, openapi_path(app): openapi}
        if request.single_file:
            progress(f"{app}: building the template that holds its artifacts")
            path = single_file_path(app)
            files[path] = make_stack(APPS[app], request, make_inline_artifacts(APPS[app])).to_json().encode()
            entries[app]["single_file"] = template_entry(path, files[path])
    manifest: Manifest = {"format": FORMAT, "stacks": entries}
    return manifest, files | {MANIFEST_PATH: json_bytes(manifest)}


def _lint(output: Path, request: BuildRequest, files: dict[str, bytes], progress: Callable[[str], None]) -> None:
    progress(f"linting for {', '.join(request.regions)}")
    rejected = output / ".cache" / "rejected"
    templates = {rejected / path: content for path, content in files.items() if path.endswith(TEMPLATE_SUFFIX)}
    findings = lint_templates(
        {str(path): content.decode() for path, content in templates.items()},
        regions=request.regions,
        cache_dir=output / ".cache" / "lint",
    )
    for path, content in templates.items():
        if findings:
            write_atomically(path, content)  # for the person who reads the findings
        else:
            path.unlink(missing_ok=True)
    if findings:
        raise LintFindings(findings)
