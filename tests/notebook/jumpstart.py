"""An AWS with JumpStart's public bucket as far as the SDK reads it: two manifests and one model's specifications."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import boto3

from tests.notebook.fake_aws import REGION, FakeAws, running_aws

BUCKET = f"jumpstart-cache-prod-{REGION}"
MODEL_ID = "huggingface-llm-falcon-7b-instruct-bf16"
MODEL_VERSION = "4.6.16"
FLAGGED_VERSION = "4.6.15"
"""Deprecated, and known to be vulnerable."""

_IMAGE = "huggingface-pytorch-tgi-inference:2.4.0-tgi2.4.0-gpu-py311-cu124-ubuntu22.04"


@contextmanager
def aws_with_jumpstart() -> Iterator[FakeAws]:
    """Run an AWS that has JumpStart's catalogue and every instance type."""
    with running_aws() as aws:
        _put_catalogue()
        yield aws


def settings_for(aws: FakeAws) -> dict[str, object]:
    """Return what the template would say to the deployment."""
    return {
        "model_id": MODEL_ID,
        "model_version": MODEL_VERSION,
        "endpoint_name": "genai-text",
        "instance_types": ["ml.g5.2xlarge", "ml.g5.4xlarge"],
        "role_arn": "arn:aws:iam::123456789012:role/endpoint",
        "environment": {"MMS_MAX_RESPONSE_SIZE": "20000000"},
        "wait_url": aws.wait_url,
        "region": REGION,
        "stop_notebook": "false",
        "tags": [{"Key": "application", "Value": "genai"}],
    }


def _put_catalogue() -> None:
    """Write the files into the fake bucket, with a current version of the model and one that is flagged."""
    client = boto3.client("s3", region_name=REGION)
    client.create_bucket(Bucket=BUCKET)
    versions = (MODEL_VERSION, FLAGGED_VERSION)
    specifications = {
        _key(version): _SPECIFICATION | {"version": version} | (_FLAGS if version == FLAGGED_VERSION else {})
        for version in versions
    }
    manifests = {
        "models_manifest.json": [_header(version) for version in versions],
        "proprietary-sdk-manifest.json": [],
    }
    for key, content in (manifests | specifications).items():
        client.put_object(Bucket=BUCKET, Key=key, Body=json.dumps(content).encode())


def _key(version: str) -> str:
    return f"community_models/{MODEL_ID}/specs_v{version}.json"


def _header(version: str) -> dict[str, object]:
    return {
        "model_id": MODEL_ID,
        "version": version,
        "min_version": "2.189.0",
        "spec_key": _key(version),
        "search_keywords": ["Text Generation"],
    }


def _variable(name: str, value: str) -> dict[str, object]:
    return {"name": name, "type": "text", "default": value, "scope": "container", "required_for_model_class": True}


_FLAGS = {"deprecated": True, "inference_vulnerable": True, "inference_vulnerabilities": ["CVE-2026-0001"]}
_ARTIFACTS = f"huggingface-llm/{MODEL_ID}/artifacts/"

_SPECIFICATION: dict[str, object] = {
    "model_id": MODEL_ID,
    "url": "https://huggingface.co/tiiuae/falcon-7b-instruct",
    "min_sdk_version": "2.189.0",
    "training_supported": False,
    "incremental_training_supported": False,
    "hosting_ecr_specs": {
        "framework": "huggingface-llm",
        "framework_version": "2.4.0",
        "py_version": "py311",
        "huggingface_transformers_version": "2.4.0",
    },
    "hosting_artifact_key": f"{_ARTIFACTS}inference/v2.0.0/",
    "hosting_prepacked_artifact_key": f"{_ARTIFACTS}inference-prepack/v2.0.0/",
    "hosting_script_key": "source-directory-tarballs/huggingface/inference/llm/v1.0.1/sourcedir.tar.gz",
    "hosting_use_script_uri": False,
    "inference_vulnerable": False,
    "inference_dependencies": [],
    "inference_vulnerabilities": [],
    "inference_environment_variables": [
        _variable("SM_NUM_GPUS", "1"),
        _variable("MAX_INPUT_LENGTH", "1024"),
        _variable("MAX_TOTAL_TOKENS", "2048"),
    ],
    "default_inference_instance_type": "ml.g5.2xlarge",
    "supported_inference_instance_types": ["ml.g5.2xlarge", "ml.g5.4xlarge", "ml.g5.8xlarge"],
    "hosting_instance_type_variants": {
        "regional_aliases": {
            REGION: {"gpu_ecr_uri_1": f"763104351884.dkr.ecr.{REGION}.amazonaws.com/{_IMAGE}"},
        },
        "variants": {"g5": {"regional_properties": {"image_uri": "$gpu_ecr_uri_1"}}},
    },
    "predictor_specs": {
        "supported_content_types": ["application/json"],
        "supported_accept_types": ["application/json"],
        "default_content_type": "application/json",
        "default_accept_type": "application/json",
    },
    "inference_volume_size": 512,
    "inference_enable_network_isolation": True,
    "resource_name_base": "hf-llm-falcon-7b-instruct-bf16",
    "model_kwargs": {},
    "deploy_kwargs": {"model_data_download_timeout": 3600, "container_startup_health_check_timeout": 3600},
}
