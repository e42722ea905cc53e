"""What is taken of the emulator that is not public: all of it is listed, and all that is listed is there."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from genai_templates.local import ministack_patches
from genai_templates.local.ministack_patches.private_names import PRIVATE_NAMES

FOLDER = Path(ministack_patches.__file__).parent


def used() -> dict[str, list[str]]:
    """Return the private names that the patches use, by the module of ministack that has them."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in FOLDER.rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        modules = dict(imported(tree))
        for node in ast.walk(tree):
            match node:
                case ast.Attribute(value=ast.Name(id=alias), attr=name) if alias in modules and name.startswith("_"):
                    found[modules[alias]].add(name)
    return {module: sorted(names) for module, names in found.items()}


def imported(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Give each name under which a module of ministack is imported, and the module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "ministack":
            for alias in node.names:
                yield alias.asname or alias.name, f"{node.module}.{alias.name}"


def test_every_private_name_is_listed() -> None:
    assert used() == {module: list(names) for module, names in PRIVATE_NAMES.items()}


@pytest.mark.parametrize(
    ("module", "name"), [(module, name) for module in PRIVATE_NAMES for name in PRIVATE_NAMES[module]]
)
def test_every_listed_name_is_there(module: str, name: str) -> None:
    assert hasattr(import_module(module), name), f"{module}.{name} has gone: look where the patches use it"


def test_nothing_private_is_imported_by_name() -> None:
    for path in FOLDER.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("ministack"):
                assert not [alias.name for alias in node.names if alias.name.startswith("_")], path
