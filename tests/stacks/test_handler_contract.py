"""Library and handlers, which share no code, agree on settings and limits."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest

import handlers.common.limits
from genai_templates import ImageStack, TextStack
from genai_templates.packaging.site import site_files

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


@pytest.mark.parametrize("app", ["text", "image"])
def test_the_page_gets_the_limits_that_the_handlers_read(app: str) -> None:
    written = re.search(rb'id="limits">(.*?)</script>', site_files(app)["index.html"])
    assert written
    limits = json.loads(written[1])
    known = [each for each in vars(handlers.common.limits).values() if isinstance(each, int | float | tuple)]
    numbers = {number for each in known for number in (each if isinstance(each, tuple) else (each,))}
    assert limits
    assert set(limits.values()) <= numbers
