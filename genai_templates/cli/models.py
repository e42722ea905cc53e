"""List the JumpStart models that the stacks can be built with: instance types (the default first) and licence."""

from __future__ import annotations

import argparse

from ..catalog import Model, models


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this verb: it has none."""


def run(arguments: argparse.Namespace) -> int:
    """Print the catalogue, one model after the other."""
    for model in models().values():
        print("\n".join(_lines(model)))
    return 0


def _lines(model: Model) -> list[str]:
    others = [name for name in model.instance_types if name != model.default_instance_type]
    licence = f"{model.license_url} (needs --accept-license)" if model.license_url else "nothing to accept"
    return [
        model.model_id,
        f"  application     {model.app}",
        f"  instance types  {', '.join([model.default_instance_type, *others])}",
        f"  licence         {licence}",
    ]
