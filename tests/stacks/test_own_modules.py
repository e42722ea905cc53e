"""No hosting costs another's template, and no option one without it: nothing of theirs is loaded."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from genai_templates import Hosting, components

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
_OF_OPTIONS = {
    *("api_keys", "budget", "budget_pause", "daily_limit", "domain", "encryption_key", "firewall", "firewall_log"),
    *("firewall_rules", "flow_logs", "guardrail", "invoke_policy", "job_queue", "network", "origin_proof", "user_pool"),
    *("vpc_endpoints",),
}


def test_the_modules_of_options_are_there() -> None:
    assert {path.stem for path in Path(components.__file__).parent.glob("*.py")} >= _OF_OPTIONS


@pytest.mark.parametrize("hosting", Hosting, ids=lambda hosting: str(hosting.value))
@pytest.mark.parametrize("app", ["text", "image"])
def test_a_stack_loads_its_own_hosting_alone(app: str, hosting: Hosting) -> None:
    command = [sys.executable, "-c", _LOADED, app, hosting.value]
    loaded, catalogues = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    part = _PARTS.get((app, hosting), hosting.value)
    assert {name.rpartition(".")[2] for name in loaded if name.startswith("stacks.hosting.")} == {"part", part}
    own = {name.removeprefix("components.") for name in loaded if name.startswith("components.")}
    assert own & set().union(*_COMPONENTS.values()) == _COMPONENTS[part]
    assert not own & _OF_OPTIONS
    assert catalogues == (part == "bedrock")
