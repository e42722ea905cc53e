"""The templates as they were last reviewed; `make golden` renews them and shows what changed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from genai_templates import ImageStack, TextStack
from genai_templates.stacks.base import Stack

GOLDEN = Path(__file__).parents[1] / "golden"


def logical_ids(stack: Stack) -> str:
    """Return two columns, logical id and type: the names that a deployed stack lives by."""
    resources = json.loads(stack.to_json())["Resources"]
    return "".join(f"{name:<40} {each['Type']}\n" for name, each in sorted(resources.items()))


@pytest.mark.parametrize("build", [TextStack, ImageStack])
def test_templates_are_as_reviewed(build: type[TextStack] | type[ImageStack], request: pytest.FixtureRequest) -> None:
    stack = build()
    made = {f"{stack.app}.template.json": stack.to_json(), f"{stack.app}.ids.txt": logical_ids(stack)}
    for name, text in made.items():
        if request.config.getoption("--update-golden"):
            (GOLDEN / name).write_text(text, encoding="utf-8")
        assert (GOLDEN / name).read_text("utf-8") == text, "changed: review it with `make golden`"
