"""One emulator for the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from genai_templates.local import Emulator, ModelOptions
from genai_templates.local.notebook import deploy_endpoint


@pytest.fixture(scope="session")
def emulator() -> Iterator[Emulator]:
    """An emulated AWS that holds nothing yet."""
    with Emulator() as running:
        yield running


@pytest.fixture
def endpoint(emulator: Emulator) -> Iterator[str]:
    """A model endpoint; how endpoints respond is as usual again afterwards."""
    name, sagemaker = "endpoint-of-one-test", emulator.client("sagemaker")
    deploy_endpoint(sagemaker, name)
    yield name
    emulator.use_model(ModelOptions())
    sagemaker.delete_endpoint(EndpointName=name)
    sagemaker.delete_endpoint_config(EndpointConfigName=name)
    sagemaker.delete_model(ModelName=name)
