"""One emulator for the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from genai_templates.local.emulator import Emulator
from genai_templates.local.protocol import ModelOptions
from tests.lifecycle.deployment import ARTIFACTS, Aws


@pytest.fixture(scope="session")
def aws() -> Iterator[Aws]:
    """An emulated AWS that holds a bucket for templates and nothing else."""
    with Emulator() as emulator:
        aws = Aws(emulator)
        aws.s3.create_bucket(Bucket=ARTIFACTS)
        yield aws


@pytest.fixture
def endpoint(aws: Aws) -> Iterator[str]:
    """A model endpoint; how endpoints answer is as usual again afterwards."""
    name = "endpoint-of-one-test"
    aws.deploy_endpoint(name)
    yield name
    aws.emulator.use_model(ModelOptions())
    aws.sagemaker.delete_endpoint(EndpointName=name)
    aws.sagemaker.delete_endpoint_config(EndpointConfigName=name)
    aws.sagemaker.delete_model(ModelName=name)
