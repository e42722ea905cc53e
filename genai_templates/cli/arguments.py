"""The command line: which verbs there are, and the options that several of them share."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ..apps import APPS

_EPILOG = (
    "Each verb explains itself: genai-templates VERB --help. "
    "Exit codes: 0 done, 1 failed or not confirmed, 2 wrong usage, 130 interrupted."
)


class Verb(NamedTuple):
    """A verb: its name, what it does in a few words, and the module of this package that does it."""

    name: str
    summary: str
    module: str


VERBS = (
    Verb("build", "build, package and lint the stacks into a folder", "build"),
    Verb("package", "make only the artifacts: the zips of handlers and pages", "package"),
    Verb("lint", "check templates with cfn-lint", "lint"),
    Verb("serve", "run the applications on this machine, from their templates", "serve"),
    Verb("policy", "print the IAM policy that whoever deploys needs", "policy"),
    Verb("estimate", "estimate what a stack costs a month, and how long people would wait", "estimate"),
    Verb("preflight", "look at what stands in the way of a deployment", "preflight"),
    Verb("deploy", "deploy an application to an AWS account", "deploy"),
    Verb("status", "show stacks: state, model, URL, alarms and cost so far", "status"),
    Verb("key", "print the keys of a stack's API", "key"),
    Verb("logs", "show the logs of a stack together, in the order of time", "logs"),
    Verb("redrive", "show the jobs that were given up, and have them tried again", "redrive"),
    Verb("destroy", "delete a stack, and see that nothing is left", "destroy"),
    Verb("doctor", "find what stacks have left in an account, and remove it", "doctor"),
    Verb("link", "publish an application and print the console's link that creates its stack", "link"),
    Verb("models", "list the models that the stacks can be built with", "models"),
)
"""The verbs, in the order in which one needs them. A module has ``add_arguments(parser)`` and ``run(arguments)``."""


class _Version(argparse.Action):
    """Prints the installed version, which takes an import that no verb needs."""

    def __init__(self, option_strings: Sequence[str], dest: str, **named: Any) -> None:
        super().__init__(option_strings, dest, nargs=0, **named)

    def __call__(self, parser: argparse.ArgumentParser, *_: object, **__: object) -> None:
        from importlib.metadata import version

        print(version("genai-templates"))
        parser.exit()


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Return the parsed arguments, with the function to run as ``run``. Exits with 2 for wrong usage.

    Only the module of the verb in use is loaded.
    """
    parser = argparse.ArgumentParser(
        prog="genai-templates",
        description="Two generative-AI applications on AWS, each one CloudFormation template.",
        epilog=_EPILOG,
    )
    parser.add_argument("--version", action=_Version, help="print the version and exit")
    verbs = parser.add_subparsers(title="verbs", metavar="VERB", required=True)
    chosen = next((argument for argument in arguments if not argument.startswith("-")), None)
    for verb in VERBS:
        subparser = verbs.add_parser(verb.name, help=verb.summary)
        if verb.name == chosen:
            module = importlib.import_module(f".{verb.module}", __package__)
            subparser.description = module.__doc__
            subparser.formatter_class = argparse.RawDescriptionHelpFormatter
            module.add_arguments(subparser)
            subparser.set_defaults(run=module.run)
    return parser.parse_args(arguments)


def add_output(parser: argparse.ArgumentParser) -> None:
    """Add ``--output``."""
    parser.add_argument(
        "--output", type=Path, default=Path("build"), metavar="FOLDER", help="the folder to use (default: build)"
    )


def add_app(parser: argparse.ArgumentParser) -> None:
    """Add ``--app``, which may be given more than once."""
    parser.add_argument(
        "--app", action="append", choices=list(APPS), help="an application; may be given again (default: all of them)"
    )


def chosen_apps(arguments: argparse.Namespace) -> tuple[str, ...]:
    """Return the chosen applications, each once and in the order of ``APPS``."""
    return tuple(app for app in APPS if app in (arguments.app or APPS))


def add_region(parser: argparse.ArgumentParser, default: Sequence[str]) -> None:
    """Add ``--region``, which may be given more than once."""
    parser.add_argument(
        "--region",
        action="append",
        metavar="REGION",
        help=f"a region to lint for; may be given again (default: {', '.join(default)})",
    )
