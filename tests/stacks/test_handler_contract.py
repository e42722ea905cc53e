"""Library and handlers, which share no code, agree on settings and limits."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

import handlers.common.limits
from genai_templates import ImageStack, TextStack, limits

ROOT = Path(__file__).parents[2]
TEMPLATES = {"text": json.loads(TextStack().to_json()), "image": json.loads(ImageStack().to_json())}
FUNCTIONS = [
    (app, name)
    for app, template in TEMPLATES.items()
    for name, each in template["Resources"].items()
    if each["Type"] == "AWS::Lambda::Function"
]


def settings_of(module: str) -> set[str]:
    """Return the environment variables that the handler of this module reads: the fields of its ``Settings``."""
    tree = ast.parse((ROOT / f"{module.replace('.', '/')}.py").read_text("utf-8"))
    return {
        field.target.id.upper()
        for each in tree.body
        if isinstance(each, ast.ClassDef) and each.name == "Settings"
        for field in each.body
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
    }


@pytest.mark.parametrize(("app", "name"), FUNCTIONS)
def test_a_function_gets_the_settings_that_its_handler_reads_and_no_others(app: str, name: str) -> None:
    properties = TEMPLATES[app]["Resources"][name]["Properties"]
    given = set(properties.get("Environment", {}).get("Variables", {}))
    assert given == settings_of(properties["Handler"].rpartition(".")[0])


def test_limits_are_the_same_on_both_sides() -> None:
    theirs = vars(handlers.common.limits)
    shared = {name for name in theirs if name.isupper()} & set(vars(limits))
    assert len(shared) >= 15
    assert {name: theirs[name] for name in shared} == {name: getattr(limits, name) for name in shared}
