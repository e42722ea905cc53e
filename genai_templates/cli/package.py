"""Make only the artifacts: the zips of handlers and pages, in the folder's artifacts/, which mirrors the
bucket.

Prints the S3 key of each, by the template's parameter that takes it: enough to put new code behind a stack.
"""

from __future__ import annotations

import argparse

from ..options import Architecture
from ..packaging.artifacts import make_artifacts
from ..packaging.folder import locked, write_atomically
from ..packaging.request import APPS
from .arguments import add_architecture, add_output, add_stack
from .progress import shown_progress


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this verb."""
    add_output(parser)
    add_stack(parser, APPS)
    add_architecture(parser)


def run(arguments: argparse.Namespace) -> int:
    """Make the artifacts, and say what their keys are."""
    lines: list[str] = []
    with shown_progress() as progress, locked(arguments.output):
        for app in dict.fromkeys(arguments.stack or APPS):
            progress(f"{app}: packaging handlers and page")
            for artifact in make_artifacts(app, Architecture(arguments.architecture)):
                write_atomically(arguments.output / "artifacts" / artifact.key, artifact.content)
                lines.append(f"{app} {artifact.parameter}={artifact.key} ({len(artifact.content):,} bytes)")
    print(*lines, sep="\n")
    return 0
