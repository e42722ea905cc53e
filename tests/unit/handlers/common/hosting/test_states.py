"""Every module of a model's state has what the API asks of it, and no state that the API does not document."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from genai_templates.contract.schemas import MODEL_STATES
from handlers.common import hosting

MODULES = sorted(Path(hosting.__file__).parent.glob("*_status.py"))


def documented() -> set[str]:
    """Return the states that the protocol's docstring names."""
    text = hosting.ModelStatus.read.__doc__ or ""
    return {state for state in MODEL_STATES if f"``{state}``" in text}


def test_the_handlers_and_the_contract_name_the_same_states() -> None:
    assert documented() == set(MODEL_STATES)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_a_models_state_can_be_read_and_the_model_be_woken(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    methods = {
        each.name: {part.name for part in each.body if isinstance(part, ast.FunctionDef)}
        for each in tree.body
        if isinstance(each, ast.ClassDef)
    }
    assert any({"read", "wake"} <= names for names in methods.values())
