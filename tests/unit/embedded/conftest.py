"""A deployment's folder in this process, with a clock that nobody waits for."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto import mock_aws
from moto.sagemaker.models import FakeEndpointConfig
from mypy_boto3_sagemaker import SageMakerClient

from genai_templates.embedded import deploy_model, deployment_record, supervise
from genai_templates.embedded.deployment_record import Settings

ACCOUNT = "123456789012"
REGION = "us-east-1"


class Clock:
    """A clock for the place of the module ``time``, that only sleeping moves; ``pauses`` are the seconds slept."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.pauses: list[float] = []

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        assert len(self.pauses) < 1_000, "this sleeps for ever"
        self.now += seconds
        self.pauses.append(seconds)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(supervise, "time", clock)
    monkeypatch.setattr(deploy_model, "time", clock)
    return clock


@pytest.fixture
def settings() -> Settings:
    return Settings(
        model_id="huggingface-llm-falcon-7b-instruct-bf16",
        model_version="4.6.16",
        endpoint_name="genai-text",
        instance_types=["ml.g5.2xlarge", "ml.g5.4xlarge"],
        role_arn="arn:aws:iam::123456789012:role/endpoint",
        environment={},
        wait_url="http://127.0.0.1:9/",
        region=REGION,
        stop_notebook="false",
        tags=[],
        timeout="600",
    )


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Path:
    """The deployment's folder, with its settings."""
    monkeypatch.setattr(deployment_record, "FOLDER", tmp_path)
    monkeypatch.setattr(supervise, "FOLDER", tmp_path)
    (tmp_path / "settings.json").write_text(json.dumps(settings._asdict()))
    return tmp_path


@pytest.fixture
def notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of the notebook that this runs on."""
    metadata = tmp_path / "resource-metadata.json"
    metadata.write_text(json.dumps({"ResourceName": "mine"}))
    monkeypatch.setattr(deployment_record, "METADATA", metadata)
    return "mine"


@pytest.fixture
def sagemaker(monkeypatch: pytest.MonkeyPatch) -> Iterator[SageMakerClient]:
    # moto's list of instance types ends before ml.g5.
    monkeypatch.setattr(FakeEndpointConfig, "validate_instance_type", lambda self, instance_type: None)
    for name in [name for name in os.environ if name.startswith("AWS_ENDPOINT_URL")]:
        monkeypatch.delenv(name)
    with mock_aws():
        yield boto3.client("sagemaker", region_name=REGION)
