"""Model endpoints as their callers reach them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from genai_templates.local import Emulator


def invoke(emulator: Emulator, endpoint: str, request: dict[str, Any], accept: str = "application/json") -> bytes:
    """Return the body of an endpoint's response."""
    response = emulator.client("sagemaker-runtime").invoke_endpoint(
        EndpointName=endpoint, Body=json.dumps(request), ContentType="application/json", Accept=accept
    )
    return bytes(response["Body"].read())


def refusal(emulator: Emulator, endpoint: str, request: dict[str, Any]) -> Any:
    """Return what botocore makes of the refusal that a call ends with."""
    with pytest.raises(ClientError) as refused:
        invoke(emulator, endpoint, request)
    return refused.value.response
