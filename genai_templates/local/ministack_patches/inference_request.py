"""A request of InvokeEndpointAsync, checked as botocore's model of ``sagemaker-runtime`` describes it."""

from __future__ import annotations

import contextvars
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .sagemaker import call
from .service_calls import call_s3

_HEADER = "x-amzn-sagemaker-"
_LONGEST_WAIT, _LONGEST_WORK = (60, 21_600), (1, 3600)
_DEFAULT_WAIT, _DEFAULT_WORK = 21_600, 900
_LONGEST_ID = 64
_LARGEST_BODY = 128_000


class Refusal(ValueError):
    """SageMaker does not take the call."""


@dataclass(frozen=True)
class InferenceRequest:
    """What waits in an endpoint's queue; ``output`` is the OutputConfig of the endpoint's configuration.

    ``context`` is that of the call: account, region, and that it came over TLS.
    """

    endpoint: str
    inference_id: str
    location: str
    body: bytes
    content_type: str
    accept: str
    received: float
    timeout: int
    result: str
    failure: str
    role: str
    output: Mapping[str, Any]
    at_once: int
    context: contextvars.Context


def read_request(
    endpoint: str, headers: Mapping[str, str], body: bytes, configuration: Mapping[str, Any]
) -> InferenceRequest:
    """Return the request of a call; raises Refusal."""
    asynchronous = configuration["AsyncInferenceConfig"]
    output, client = asynchronous["OutputConfig"], asynchronous.get("ClientConfig", {})
    location = headers.get(f"{_HEADER}inputlocation", "")
    inference_id = headers.get(f"{_HEADER}inference-id", "") or str(uuid.uuid4())
    if bool(location) == bool(body) or len(body) > _LARGEST_BODY:
        raise Refusal("Provide exactly one of InputLocation and Body, of up to 128000 bytes.")
    if len(inference_id) > _LONGEST_ID:
        raise Refusal("InferenceId must have length less than or equal to 64")
    _number(headers, "requestttlseconds", _DEFAULT_WAIT, _LONGEST_WAIT)
    timeout = _number(headers, "invocationtimeoutseconds", _DEFAULT_WORK, _LONGEST_WORK)
    if location:
        _check_bucket(location)
    model = call("DescribeModel", ModelName=configuration["ProductionVariants"][0]["ModelName"])
    name = str(uuid.uuid4())  # says nothing about the request
    return InferenceRequest(
        endpoint=endpoint,
        inference_id=inference_id,
        location=location,
        body=body,
        content_type=headers.get(f"{_HEADER}content-type", ""),
        accept=headers.get(f"{_HEADER}accept", ""),
        received=time.time(),
        timeout=timeout,
        result=f"{output['S3OutputPath'].rstrip('/')}/{name}.out",
        failure=f"{output['S3FailurePath'].rstrip('/')}/{name}-error.out" if "S3FailurePath" in output else "",
        role=model["ExecutionRoleArn"],
        output=output,
        at_once=int(client.get("MaxConcurrentInvocationsPerInstance", 1)),
        context=contextvars.copy_context(),
    )


def _number(headers: Mapping[str, str], name: str, default: int, allowed: tuple[int, int]) -> int:
    number = int(headers.get(f"{_HEADER}{name}", default))
    if not allowed[0] <= number <= allowed[1]:
        raise Refusal(f"{name} must be from {allowed[0]} to {allowed[1]}")
    return number


def _check_bucket(location: str) -> None:
    bucket = location.removeprefix("s3://").partition("/")[0]
    try:
        call_s3("GET", f"/{bucket}", **{"max-keys": "1"})
    except ValueError:
        raise Refusal(f"The S3 bucket of InputLocation {location} does not exist.") from None
