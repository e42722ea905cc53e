"""The choices of a stack's last deployment, for those options that are not given now."""

from __future__ import annotations

import argparse
import copy
import shlex
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ..options import OPTIONS
from .options import flag_of, read_models

if TYPE_CHECKING:
    from ..aws.account import Account

_MODEL = "model"


def add_reset(parser: argparse.ArgumentParser) -> None:
    """Add ``--reset-options``."""
    parser.add_argument(
        "--reset-options",
        action="store_true",
        help="take the default of each option that is not given, and not what the stack was deployed with",
    )


def with_kept_choices(
    arguments: argparse.Namespace, account: Account, app: str, progress: Callable[[str], None]
) -> argparse.Namespace:
    """Return the arguments with what the stack of an application was deployed with, where nothing is given now.

    ``progress`` is told what is kept. Raises AwsError.
    """
    from ..aws.choices import read_choices
    from ..aws.cloudformation.stacks import stack_name
    from ..errors import AwsError

    if arguments.reset_options:
        return arguments
    try:
        before = read_choices(account, arguments.stack_name or stack_name(app), app)
    except AwsError as error:
        if error.failure != "access denied":
            raise
        progress(f"not known what the stack was deployed with: {str(error).splitlines()[0]}")
        return arguments
    now = chosen(arguments, app)
    kept = {name: value for name, value in before.items() if name not in now and name in {*OPTIONS, _MODEL}}
    if not kept:
        return arguments
    flags = shlex.join(flag for name, value in kept.items() for flag in _flags(name, value))
    progress(f"as the stack was deployed before: {flags} ('--reset-options' takes the defaults)")
    return _completed(arguments, kept)


def chosen(arguments: argparse.Namespace, app: str) -> dict[str, Any]:
    """Return what is given for an application: options by name as the flags have them, and the model."""
    given = {name: getattr(arguments, name, None) for name, each in OPTIONS.items() if each.option.flag}
    model = read_models(arguments).get(app)
    return {**{name: value for name, value in given.items() if value}, **({_MODEL: model} if model else {})}


def _completed(arguments: argparse.Namespace, kept: Mapping[str, Any]) -> argparse.Namespace:
    completed = copy.copy(arguments)
    for name, value in kept.items():
        setattr(completed, name, [*arguments.model, value] if name == _MODEL else value)
    return completed


def _flags(name: str, value: Any) -> Iterator[str]:
    flag = "--model" if name == _MODEL else flag_of(OPTIONS[name])
    for each in value if isinstance(value, list) else [value]:
        yield flag
        if each is not True:
            yield str(each)
