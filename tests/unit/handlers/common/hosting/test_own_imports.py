"""No way to the model costs the cold start of another: neither its modules nor its services' descriptions load."""

from __future__ import annotations

import json
import sys

import pytest

from scripts.benchmarks.cold_start import HANDLERS, Handler
from scripts.benchmarks.measuring import output_of

_LOADED = """
import importlib, json, sys
importlib.import_module(sys.argv[1])
from handlers.common import aws
packages = ("handlers.common.content.", "handlers.common.hosting.", "handlers.text.codecs.", "handlers.image.codecs.")
modules = [name.rpartition(".")[2] for name in sys.modules if name.startswith(packages)]
print(json.dumps({"modules": modules, "services": sorted(aws._loader.service_names)}))
"""
# An endpoint that may be paused reads its own state: whoever shares the call with it has that small module too.
_MODULES: dict[str, set[str]] = {
    "endpoint": {"endpoint", "endpoint_status", "tgi", "response", "stable_diffusion", "generated_images"},
    "component": {"component", "component_status", "endpoint", "endpoint_status", "tgi", "response"},
    "asynchronous": {"asynchronous", "asynchronous_status", "stable_diffusion", "generated_images"},
    "Bedrock": {"converse", "bedrock", "bedrock_image", "bedrock_status", "stability"},
    "queue": set(),
}
# The screen is there without a filter, too; filters are loaded where they are chosen.
_SHARED_MODULES = {"codec", "connection", "container_errors", "refusals", "screen"}
_SERVICES = {
    "endpoint": {"sagemaker", "sagemaker-runtime"},
    "component": {"sagemaker", "sagemaker-runtime"},
    "asynchronous": {"sagemaker", "sagemaker-runtime"},
    "Bedrock": {"bedrock-runtime"},
    "queue": {"sqs"},
}
_OF_EVERY_APPLICATION = {"dynamodb", "lambda", "s3"}


@pytest.mark.parametrize("handler", [each for each in HANDLERS if each.host], ids=lambda handler: handler.name)
def test_a_function_loads_the_way_to_its_own_model_alone(handler: Handler) -> None:
    command = [sys.executable, "-c", _LOADED, handler.module]
    loaded = json.loads(output_of(command, environment=handler.variables))
    assert set(loaded["modules"]) <= _MODULES[handler.host] | _SHARED_MODULES
    assert set(loaded["services"]) <= _SERVICES[handler.host] | _OF_EVERY_APPLICATION
