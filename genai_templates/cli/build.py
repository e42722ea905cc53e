"""Build, package and lint the stacks.

The folder then holds, for the chosen applications and no others:

  manifest.json               what was built, with the hash and size of every file
  templates/                  a CloudFormation template for each stack
  artifacts/                  what to copy into a bucket: aws s3 sync build/artifacts s3://BUCKET/
  openapi/                    the description of each API
  console/                    with --single-file: templates that hold their artifacts, to upload in the console

Templates with a finding of cfn-lint, of whatever level, are not put there: what was built before stays. A
second build with nothing changed does no work twice.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ..apps import APPS
from ..errors import LintFindings
from ..packaging.build import BuildResult, build
from ..packaging.lint import DEFAULT_REGIONS
from ..packaging.manifest import size_line
from ..packaging.request import BuildRequest
from .arguments import add_app, add_output, add_region, chosen_apps
from .options import add_model, add_options, read_models, read_options
from .progress import shown_progress


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this verb."""
    add_output(parser)
    add_app(parser)
    add_model(parser)
    parser.add_argument(
        "--single-file", action="store_true", help="make templates too that hold their artifacts and need no bucket"
    )
    add_options(parser)
    add_region(parser, DEFAULT_REGIONS)
    parser.add_argument("--no-lint", action="store_true", help="leave lint out, for where cfn-lint is not installed")


def run(arguments: argparse.Namespace) -> int:
    """Build, and say what was built."""
    request = BuildRequest(
        apps=chosen_apps(arguments),
        models=read_models(arguments),
        single_file=arguments.single_file,
        regions=() if arguments.no_lint else tuple(arguments.region or DEFAULT_REGIONS),
        **read_options(arguments),
    )
    try:
        with shown_progress() as progress:
            result = build(arguments.output, request, progress)
    except LintFindings as error:
        print(*error.findings, sep="\n", file=sys.stderr)
        raise
    _report(arguments.output, result)
    return 0


def _report(output: Path, result: BuildResult) -> None:
    stacks = result.manifest["stacks"]
    for entry in (stacks[app] for app in APPS if app in stacks):
        print(f"{output / entry['template']['path']}: {size_line(entry['template'])}")
        for artifact in entry["artifacts"]:
            print(f"{output / artifact['path']}: {artifact['bytes']:,} bytes")
        if single_file := entry.get("single_file"):
            print(f"{output / single_file['path']}: {size_line(single_file)}")
    if result.unchanged:
        print(f"{output} is up to date")
