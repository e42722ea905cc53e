"""The shape of the code: small files, short functions, no cycles, plain names."""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests.glossary import words_of, words_to_avoid

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("genai_templates", "handlers")
FILES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
CODE = sorted(
    path
    for folder in (*PACKAGES, "scripts", "tests")
    for path in (ROOT / folder).rglob("*.py")
    if "node_modules" not in path.parts
)

_MAX_LINES_OF_FILE = 300
_MAX_LINES_OF_FUNCTION_AT_90_PERCENT = 30
_NAMES_THAT_SAY_NOTHING = {"utils", "util", "helpers", "helper", "misc", "lib", "core", "tools", "stuff"}
_DESIGNED_PACKAGES = {
    "genai_templates": {
        "aws",
        "cli",
        "components",
        "contract",
        "costs",
        "embedded",
        "local",
        "options",
        "packaging",
        "stacks",
    },
    "handlers": {"common", "custom_resources", "image", "jobs", "text"},
}


def _module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), str(path))


def _functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(_tree(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def _length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def _imports_at_load(path: Path, modules: set[str]) -> set[str]:
    """Return the project's modules that this one imports when it is loaded, not later and not for types alone."""
    found: set[str] = set()
    package = _module_name(path).split(".")
    if path.name != "__init__.py":
        package = package[:-1]
    for node in _tree(path).body:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            start = package[: len(package) - node.level + 1] if node.level else []
            origin = ".".join([*start, *([node.module] if node.module else [])])
            found |= {origin} | {f"{origin}.{alias.name}" for alias in node.names}
    return (found & modules) - {_module_name(path)}


@pytest.mark.parametrize("path", FILES, ids=_module_name)
def test_a_file_can_be_read_without_losing_the_thread(path: Path) -> None:
    lines = len(path.read_text("utf-8").splitlines())
    assert lines <= _MAX_LINES_OF_FILE, f"{path} has {lines} lines: is it still one idea?"


@pytest.mark.parametrize("package", PACKAGES)
def test_functions_are_short(package: str) -> None:
    lengths = sorted(
        (_length(function), f"{path}:{function.lineno} {function.name}")
        for path in FILES
        if path.is_relative_to(ROOT / package)
        for function in _functions(path)
    )
    assert lengths
    at_90_percent = lengths[math.ceil(0.9 * len(lengths)) - 1][0]
    assert at_90_percent <= _MAX_LINES_OF_FUNCTION_AT_90_PERCENT, f"the longest: {lengths[-10:]}"


def test_no_module_imports_itself_over_others() -> None:
    names = {_module_name(path) for path in FILES}
    graph = {_module_name(path): _imports_at_load(path, names) for path in FILES}
    TopologicalSorter(graph).prepare()  # raises CycleError, which names the cycle


@pytest.mark.parametrize("path", FILES, ids=_module_name)
def test_a_name_says_what_is_inside(path: Path) -> None:
    assert not _NAMES_THAT_SAY_NOTHING & set(_module_name(path).split("."))


@pytest.mark.parametrize("package", PACKAGES)
def test_packages_are_those_of_the_design(package: str) -> None:
    found = {path.parent.name for path in (ROOT / package).glob("*/__init__.py")}
    assert found <= _DESIGNED_PACKAGES[package]


@pytest.mark.parametrize("path", FILES, ids=_module_name)
def test_every_module_says_what_it_is_for(path: Path) -> None:
    assert ast.get_docstring(_tree(path))


# Where an application's own code is; everything else takes the applications as they come.
_OF_ONE_APPLICATION = ("apps.py", "stacks/text.py", "stacks/image.py", "contract/", "local/", "embedded/")


def test_nothing_but_an_application_asks_which_application_it_is() -> None:
    for path in (path for path in FILES if path.is_relative_to(ROOT / "genai_templates")):
        name = path.relative_to(ROOT / "genai_templates").as_posix()
        if name.startswith(_OF_ONE_APPLICATION):
            continue
        for node in ast.walk(_tree(path)):
            keys = (
                node.keys if isinstance(node, ast.Dict) else node.comparators if isinstance(node, ast.Compare) else []
            )
            literals = {each.value for each in keys if isinstance(each, ast.Constant)}
            assert not literals & {"text", "image"}, f"{name}:{getattr(node, 'lineno', 0)}"


def _names(path: Path) -> Iterator[tuple[int, str]]:
    """Yield line and name of all that a module names; a test's name is a sentence, and may use any word."""
    for node in ast.walk(_tree(path)):
        name = getattr(node, "id", None) or getattr(node, "arg", None) or getattr(node, "attr", None)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            name = "" if node.name.startswith("test_") else node.name
        if isinstance(name, str):
            yield getattr(node, "lineno", 0), name


@pytest.mark.parametrize("path", CODE, ids=_module_name)
def test_names_are_the_words_of_the_glossary(path: Path) -> None:
    avoided = words_to_avoid()
    assert "answer" in avoided
    found = {
        f"{line}: {name} -> {avoided[word]}" for line, name in _names(path) for word in words_of(name) & set(avoided)
    }
    assert not found
