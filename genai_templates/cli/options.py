"""The flags of a stack's options: made from the options' declarations, and read back as options."""

from __future__ import annotations

import argparse
import enum
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast

from ..bedrock_catalog import bedrock_models
from ..catalog import models
from ..errors import InvalidOption, UnknownModel
from ..network_ranges import NetworkRanges
from ..options import OPTIONS, Declaration, StackOptionFields


class _AppendLines(argparse.Action):
    """Appends a value, or the lines of a file whose name comes after an @."""

    def __call__(
        self, parser: argparse.ArgumentParser, namespace: argparse.Namespace, values: Any, option_string: Any = None
    ) -> None:
        """Append to what was given before."""
        added = self._lines(Path(values[1:])) if values.startswith("@") else [values]
        setattr(namespace, self.dest, [*(getattr(namespace, self.dest) or []), *added])

    def _lines(self, path: Path) -> list[str]:
        """Return the lines that are neither blank nor comments."""
        try:
            lines = [line.strip() for line in path.read_text("utf-8-sig").splitlines()]
        except OSError as error:
            raise argparse.ArgumentError(self, f"{path} cannot be read: {error.strerror}") from None
        except UnicodeDecodeError:
            raise argparse.ArgumentError(self, f"{path} is not text in UTF-8") from None
        if found := [line for line in lines if line and not line.startswith("#")]:
            return found
        raise argparse.ArgumentError(self, f"{path} has no line but blank ones and comments")


def flag_of(declared: Declaration) -> str:
    """Return the flag of an option; one that may be given again is in the singular."""
    name = declared.name.replace("_", "-")
    return f"--{name.removesuffix('s') if declared.runtime_kind is tuple else name}"


def with_flags(message: str) -> str:
    """Return the message of an error with flags in the place of options' names, which stand between backticks."""
    flags = {f"`{name}`": flag_of(each) for name, each in OPTIONS.items()}
    return re.sub(r"`\w+`", lambda name: flags.get(name[0], name[0]), message)


def add_options(parser: argparse.ArgumentParser, names: Iterable[str] = OPTIONS) -> None:
    """Add a flag for each of these options, by default all, that the command line does not set by itself."""
    group = parser.add_argument_group("options of the stacks")
    for declared in map(OPTIONS.__getitem__, names):
        if declared.option.flag:
            group.add_argument(flag_of(declared), dest=declared.name, **_argument(declared))


def add_model(parser: argparse.ArgumentParser) -> None:
    """Add ``--model``, which may be given for each application."""
    parser.add_argument(
        "--model",
        action="append",
        default=[],
        metavar="MODEL_ID",
        help="a model, for the application that it serves; may be given again (see 'genai-templates models')",
    )


def read_models(arguments: argparse.Namespace) -> dict[str, str]:
    """Return the chosen models by the name of their application. Raises UnknownModel."""
    chosen: dict[str, str] = {}
    for model_id in arguments.model:
        chosen[app_of_model(model_id)] = model_id
    return chosen


def app_of_model(model_id: str) -> str:
    """Return the application that a model serves. Raises UnknownModel."""
    apps = {name: model.app for name, model in models().items()}
    apps |= {name: model.app for name, model in bedrock_models().items()}
    if model_id not in apps:
        raise UnknownModel(f"{model_id!r} is not a model of the catalogue; choose one of {', '.join(sorted(apps))}")
    return apps[model_id]


def read_options(arguments: argparse.Namespace) -> StackOptionFields:
    """Return the options that were given as flags. Raises InvalidOption for an address range that is none."""
    given = {name: getattr(arguments, name, None) for name in OPTIONS}
    return cast(StackOptionFields, {name: _value(OPTIONS[name], each) for name, each in given.items() if each})


def _argument(declared: Declaration) -> dict[str, Any]:
    meaning, kind = declared.option.meaning.replace("%", "%%"), declared.runtime_kind
    if kind is bool:
        return {"action": "store_true", "help": meaning}
    if isinstance(kind, enum.EnumType):
        default = f" (default: {declared.option.default.value})"
        values = [str(member.value) for member in list[enum.Enum](kind)]
        return {"choices": values, "help": meaning + default}
    if kind is tuple:
        return {"action": _AppendLines, "metavar": "VALUE", "help": f"{meaning}; may be given again"}
    if kind is NetworkRanges:
        names = ", ".join(vars(declared.option.default))
        return {"action": "append", "metavar": "NAME=CIDR", "help": f"{meaning}; NAME is one of {names}"}
    return {"metavar": "VALUE", "help": meaning}


def _value(declared: Declaration, given: Any) -> object:
    kind = declared.runtime_kind
    if isinstance(kind, enum.EnumType) or kind is tuple:
        return kind(given)
    if kind is NetworkRanges:
        return _ranges(given)
    return given


def _ranges(given: list[str]) -> NetworkRanges:
    pairs = [each.partition("=") for each in given]
    names = vars(NetworkRanges())
    if wrong := [name for name, _, _ in pairs if name not in names]:
        raise InvalidOption(f"--network {wrong[0]}: give NAME=CIDR, with a name of {', '.join(names)}")
    return NetworkRanges(**{name: cidr for name, _, cidr in pairs})


def option_rows() -> list[str]:
    """Return the rows of the documentation's table of options, in Markdown."""
    return [
        f"| `{name}` | {f'`{flag_of(each)}`' if each.option.flag else 'none'} | {each.option.meaning} "
        f"| `{_default(each)}` | {each.option.adds} | {each.option.costs} |"
        for name, each in OPTIONS.items()
    ]


def _default(declared: Declaration) -> str:
    default = declared.option.default
    return f"{type(default).__name__}()" if isinstance(default, NetworkRanges) else str(default) or "empty"
