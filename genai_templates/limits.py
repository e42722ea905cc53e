"""Limits of the services, each with its unit and its source, and of the applications' requests."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from .sources import handlers_root


class Limit(NamedTuple):
    """A limit of a service: its value, unit, source and the month in which it was checked."""

    value: int
    unit: str
    source: str
    checked: str


_CLOUDFORMATION = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html"
_SAGEMAKER_API = "https://docs.aws.amazon.com/sagemaker/latest/APIReference/"
_API_GATEWAY = (
    "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html"
)

TEMPLATE_INLINE = Limit(51_200, "bytes", _CLOUDFORMATION, "2026-11")
TEMPLATE_UPLOADED = Limit(1_048_576, "bytes", _CLOUDFORMATION, "2026-11")
TEMPLATE_DESCRIPTION = Limit(1_024, "bytes", _CLOUDFORMATION, "2026-11")
TEMPLATE_RESOURCES = Limit(500, "resources", _CLOUDFORMATION, "2026-11")
LIFECYCLE_SCRIPT = Limit(
    16_384, "characters, base64", _SAGEMAKER_API + "API_NotebookInstanceLifecycleHook.html", "2026-11"
)
# As a property of the function's Code.
FUNCTION_SOURCE = Limit(
    4_194_304,
    "bytes",
    "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-lambda-function-code.html",
    "2026-11",
)
MANAGED_POLICY = Limit(
    6_144,
    "characters, white space not counted",
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html",
    "2026-11",
)
ENDPOINT_NAME = Limit(63, "characters", _SAGEMAKER_API + "API_CreateEndpoint.html", "2026-11")
INTEGRATION_TIMEOUT = Limit(29_000, "milliseconds", _API_GATEWAY, "2026-11")
# A quota can raise it for regional APIs; CloudFormation's schema stops here.
INTEGRATION_TIMEOUT_WITH_QUOTA = Limit(300_000, "milliseconds", _API_GATEWAY, "2026-11")

REQUEST_LIMITS: dict[str, dict[str, Any]] = json.loads((handlers_root() / "common" / "limits.json").read_text("utf-8"))
"""Limits of requests by application, and of any request: the handlers read the same file, and the pages get it."""
