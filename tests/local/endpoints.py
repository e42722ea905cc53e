"""Model endpoints as their callers reach them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from genai_templates.local.emulator import CREDENTIALS, REGION
from tests.lifecycle.deployment import Aws

if TYPE_CHECKING:
    from mypy_boto3_sagemaker_runtime import SageMakerRuntimeClient


def runtime_client(aws: Aws) -> SageMakerRuntimeClient:
    """Return a client of the emulated endpoints that tries nothing twice."""
    session = boto3.Session(CREDENTIALS["AWS_ACCESS_KEY_ID"], CREDENTIALS["AWS_SECRET_ACCESS_KEY"])
    config = Config(retries={"total_max_attempts": 1}, proxies={})
    return session.client("sagemaker-runtime", REGION, endpoint_url=aws.emulator.url, config=config)


def invoke(aws: Aws, endpoint: str, request: dict[str, Any], accept: str = "application/json") -> bytes:
    """Return the body of an endpoint's answer."""
    answer = runtime_client(aws).invoke_endpoint(
        EndpointName=endpoint, Body=json.dumps(request), ContentType="application/json", Accept=accept
    )
    return answer["Body"].read()


def refusal(aws: Aws, endpoint: str, request: dict[str, Any]) -> Any:
    """Return what botocore makes of the refusal that a call ends with."""
    with pytest.raises(ClientError) as refused:
        invoke(aws, endpoint, request)
    return refused.value.response
