"""The arguments that say what is to be deployed, as which stack, and the build of it."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from ..apps import APPS
from ..errors import InvalidOption
from ..packaging.build import build
from ..packaging.request import BuildRequest
from .account import add_account
from .arguments import add_output
from .kept_choices import chosen
from .options import add_model, add_options, read_models, read_options

if TYPE_CHECKING:
    from ..aws.deployment import Deployment

_FOLDER = "deploy"  # in the output folder: what a build has left there stays


def add_deployment(parser: argparse.ArgumentParser) -> None:
    """Add the application, its options, its stack with parameters, and the account that it goes to."""
    parser.add_argument("app", metavar="NAME", choices=list(APPS), help=f"the application: {' or '.join(APPS)}")
    add_planned_stack(parser)
    add_account(parser)
    add_output(parser)
    add_model(parser)
    add_options(parser)


def add_planned_stack(parser: argparse.ArgumentParser) -> None:
    """Add the stack that is to be, with its parameters and the bucket that it takes its artifacts from."""
    group = parser.add_argument_group("the stack")
    group.add_argument("--stack-name", default="", metavar="STACK", help="its name (default: genai-NAME)")
    group.add_argument(
        "--parameter", action="append", default=[], metavar="NAME=VALUE", help="a parameter's value; may be given again"
    )
    group.add_argument(
        "--bucket", default="", metavar="BUCKET", help="a bucket of this region for the artifacts, in place of our own"
    )


def read_deployment(arguments: argparse.Namespace, region: str, progress: Callable[[str], None]) -> Deployment:
    """Build the application, linted for this region, and return what is to be deployed. Raises as ``build`` does."""
    from ..aws.artifacts.publish import read_artifacts
    from ..aws.choices import with_choices
    from ..aws.cloudformation.stacks import stack_name
    from ..aws.deployment import Deployment

    parameters = pairs("--parameter", arguments.parameter)
    output = arguments.output / _FOLDER / arguments.app
    request = BuildRequest(
        apps=(arguments.app,), models=read_models(arguments), regions=(region,), **read_options(arguments)
    )
    entry = build(output, request, progress).manifest["stacks"][arguments.app]
    return Deployment(
        stack=arguments.stack_name or stack_name(arguments.app),
        app=arguments.app,
        template=with_choices(
            (output / entry["template"]["path"]).read_bytes(), arguments.app, chosen(arguments, arguments.app)
        ),
        artifacts=read_artifacts(output, entry["artifacts"]),
        key_parameters=[artifact["parameter"] for artifact in entry["artifacts"]],
        parameters=parameters,
        bucket=arguments.bucket,
    )


def pairs(flag: str, given: Iterable[str]) -> dict[str, str]:
    """Return the values of a flag by their names. Raises InvalidOption for one without a name or equals sign."""
    found = {}
    for each in given:
        name, equals, value = each.partition("=")
        if not equals or not name:
            raise InvalidOption(f"{flag} {each}: give NAME=VALUE")
        found[name] = value
    return found
