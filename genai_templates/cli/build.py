"""Build, package and lint the stacks.

The folder then holds, for the stacks that were asked for and no others:

  manifest.json               what was built, with the hash and size of every file
  templates/                  a CloudFormation template for each stack
  artifacts/                  what to copy into a bucket: aws s3 sync build/artifacts s3://BUCKET/
  openapi/                    the description of each API

Templates with a finding of cfn-lint, of whatever level, are not put there: what was built before stays. A
second build with nothing changed does no work twice.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

from ..catalog import models
from ..errors import UnknownModel
from ..options import Architecture, Hosting
from ..packaging.build import BuildResult, build
from ..packaging.lint import DEFAULT_REGIONS, LintFindings
from ..packaging.manifest import size_line
from ..packaging.request import APPS, BuildRequest
from .arguments import add_architecture, add_output, add_region, add_stack
from .progress import shown_progress


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this verb."""
    add_output(parser)
    add_stack(parser, APPS)
    parser.add_argument(
        "--hosting",
        choices=[member.value for member in Hosting],
        default=Hosting.NOTEBOOK.value,
        help="how the model endpoint comes to be: a notebook instance of the stack deploys it, or it is there already "
        "and its name is a parameter (default: %(default)s)",
    )
    parser.add_argument(
        "--model",
        action="append",
        default=[],
        metavar="MODEL_ID",
        help="a JumpStart model, for the stack that it serves; may be given again (see 'genai-templates models')",
    )
    parser.add_argument("--accept-license", action="store_true", help="accept the licences of the chosen models")
    add_architecture(parser)
    add_region(parser, DEFAULT_REGIONS)
    parser.add_argument("--no-lint", action="store_true", help="leave lint out, for where cfn-lint is not installed")


def run(arguments: argparse.Namespace) -> int:
    """Build, and say what was built."""
    request = BuildRequest(
        apps=tuple(app for app in APPS if app in (arguments.stack or APPS)),
        hosting=Hosting(arguments.hosting),
        architecture=Architecture(arguments.architecture),
        models=_by_stack(arguments.model),
        regions=() if arguments.no_lint else tuple(arguments.region or DEFAULT_REGIONS),
        accept_license=arguments.accept_license,
    )
    try:
        with shown_progress() as progress:
            result = build(arguments.output, request, progress)
    except LintFindings as error:
        print(*error.findings, sep="\n", file=sys.stderr)
        raise
    _report(arguments.output, result)
    return 0


def _by_stack(model_ids: Iterable[str]) -> dict[str, str]:
    chosen: dict[str, str] = {}
    for model_id in model_ids:
        if model_id not in models():
            raise UnknownModel(
                f"{model_id!r} is no model of the catalogue; choose one of {', '.join(sorted(models()))}"
            )
        chosen[models()[model_id].task] = model_id
    return chosen


def _report(output: Path, result: BuildResult) -> None:
    stacks = result.manifest["stacks"]
    for entry in (stacks[app] for app in APPS if app in stacks):
        print(f"{output / entry['template']['path']}: {size_line(entry['template'])}")
        for artifact in entry["artifacts"]:
            print(f"{output / artifact['path']}: {artifact['bytes']:,} bytes")
    if result.unchanged:
        print(f"{output} is up to date")
