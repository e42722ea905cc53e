"""Make only the artifacts: the zips of handlers and pages, in the folder's artifacts/, which mirrors the
bucket.

Prints the S3 key of each, by the template's parameter that takes it: enough to put new code behind a stack.
"""

from __future__ import annotations

import argparse

from ..apps import APPS
from ..options import OPTIONS
from ..packaging.artifacts import make_artifacts
from ..packaging.folder import output_lock, write_atomically
from .arguments import add_app, add_output, chosen_apps
from .options import add_options, read_options
from .progress import shown_progress


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this verb."""
    add_output(parser)
    add_app(parser)
    add_options(parser, ["architecture"])  # artifacts do not depend on another one


def run(arguments: argparse.Namespace) -> int:
    """Make the artifacts, and say what their keys are."""
    lines: list[str] = []
    architecture = read_options(arguments).get("architecture", OPTIONS["architecture"].option.default)
    with shown_progress() as progress, output_lock(arguments.output):
        for app in chosen_apps(arguments):
            progress(f"{app}: packaging handlers and page")
            for artifact in make_artifacts(APPS[app], architecture):
                write_atomically(arguments.output / "artifacts" / artifact.key, artifact.content)
                lines.append(f"{app} {artifact.parameter}={artifact.key} ({len(artifact.content):,} bytes)")
    print(*lines, sep="\n")
    return 0
