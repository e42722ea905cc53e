"""No hosting costs another's template: neither its modules nor the catalogue of its models are loaded."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from genai_templates import Hosting

_LOADED = """
import json, sys
from genai_templates import Hosting, ImageStack, TextStack
stack = {"text": TextStack, "image": ImageStack}[sys.argv[1]]
stack(hosting=Hosting(sys.argv[2])).to_json()
from genai_templates.bedrock_catalog import bedrock_models
print(json.dumps([
    [name.removeprefix("genai_templates.") for name in sys.modules if name.startswith("genai_templates.")],
    bedrock_models.cache_info().currsize,
]))
"""
_PARTS = {
    ("text", Hosting.SCALE_TO_ZERO): "component",
    ("image", Hosting.SCALE_TO_ZERO): "asynchronous",
}
_COMPONENTS = {
    "notebook": {"notebook", "model_deployment", "model_janitor"},
    "existing": set(),
    "native": {"native_endpoint"},
    "component": {"inference_component", "copy_scaling"},
    "asynchronous": {"asynchronous_endpoint", "queue_scaling"},
    "bedrock": {"foundation_model"},
}


@pytest.mark.parametrize("hosting", Hosting, ids=lambda hosting: str(hosting.value))
@pytest.mark.parametrize("app", ["text", "image"])
def test_a_stack_loads_its_own_hosting_alone(app: str, hosting: Hosting) -> None:
    command = [sys.executable, "-c", _LOADED, app, hosting.value]
    loaded, catalogues = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    part = _PARTS.get((app, hosting), hosting.value)
    assert {name.rpartition(".")[2] for name in loaded if name.startswith("stacks.hosting.")} == {"part", part}
    components = {name.removeprefix("components.") for name in loaded}
    assert components & set().union(*_COMPONENTS.values()) == _COMPONENTS[part]
    assert catalogues == (part == "bedrock")
