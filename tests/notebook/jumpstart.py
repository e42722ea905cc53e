"""JumpStart's public bucket as far as the SDK reads it: two manifests and one model's specification."""

from __future__ import annotations

import json

import boto3

from tests.notebook.fake_aws import REGION

BUCKET = f"jumpstart-cache-prod-{REGION}"
MODEL_ID = "huggingface-llm-falcon-7b-instruct-bf16"
MODEL_VERSION = "4.6.16"

_SPECIFICATION_KEY = f"community_models/{MODEL_ID}/specs_v{MODEL_VERSION}.json"
_IMAGE = "huggingface-pytorch-tgi-inference:2.4.0-tgi2.4.0-gpu-py311-cu124-ubuntu22.04"


def put_catalogue(*, deprecated: bool = False) -> None:
    """Write the files into the fake bucket; the specification may say that the model's version is deprecated."""
    client = boto3.client("s3", region_name=REGION)
    client.create_bucket(Bucket=BUCKET)
    for key, content in (
        ("models_manifest.json", [_HEADER]),
        ("proprietary-sdk-manifest.json", []),
        (_SPECIFICATION_KEY, {**_SPECIFICATION, "deprecated": deprecated}),
    ):
        client.put_object(Bucket=BUCKET, Key=key, Body=json.dumps(content).encode())


def _variable(name: str, value: str) -> dict[str, object]:
    return {"name": name, "type": "text", "default": value, "scope": "container", "required_for_model_class": True}


_HEADER = {
    "model_id": MODEL_ID,
    "version": MODEL_VERSION,
    "min_version": "2.189.0",
    "spec_key": _SPECIFICATION_KEY,
    "search_keywords": ["Text Generation"],
}

_ARTIFACTS = f"huggingface-llm/{MODEL_ID}/artifacts/"

_SPECIFICATION: dict[str, object] = {
    "model_id": MODEL_ID,
    "url": "https://huggingface.co/tiiuae/falcon-7b-instruct",
    "version": MODEL_VERSION,
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
