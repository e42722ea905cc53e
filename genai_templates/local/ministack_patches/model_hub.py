"""JumpStart's public hub, which moto lacks: it has the models of the catalogue, each in the catalogue's version.

docs/upstream/ministack/sagemaker.md
"""

from __future__ import annotations

import json
import time
from typing import Any

from ...catalog import models
from ..invoke_endpoint import HttpResponse

_CONTENT_TYPE = "application/x-amz-json-1.1"


def describe_hub_content(body: bytes) -> HttpResponse:
    """Return the response of SageMaker's DescribeHubContent."""
    parameters: dict[str, Any] = json.loads(body)
    model = models().get(parameters["HubContentName"])
    if model is None or parameters.get("HubContentVersion", model.version) != model.version:
        error = {"__type": "ResourceNotFound", "message": f"Hub content {parameters['HubContentName']} does not exist"}
        return 400, {"Content-Type": _CONTENT_TYPE}, json.dumps(error).encode()
    found = {
        "HubName": parameters["HubName"],
        "HubArn": "",
        "HubContentArn": "",
        "HubContentName": model.model_id,
        "HubContentType": parameters["HubContentType"],
        "HubContentVersion": model.version,
        "HubContentDocument": "{}",
        "HubContentStatus": "Available",
        "DocumentSchemaVersion": "1.0.0",
        "SupportStatus": "Supported",
        "CreationTime": time.time(),
    }
    return 200, {"Content-Type": _CONTENT_TYPE}, json.dumps(found).encode()
