"""Limits of the services and of the two applications, each with its unit and its source.

The handlers keep their own copy of the request limits (they import nothing from the library); a test holds the two
copies together.
"""

from __future__ import annotations

from typing import NamedTuple


class Limit(NamedTuple):
    """A number that somebody else decides: its value, unit, source and the month in which it was checked."""

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
TEMPLATE_RESOURCES = Limit(500, "resources", _CLOUDFORMATION, "2026-11")
LIFECYCLE_SCRIPT = Limit(
    16_384, "characters, base64", _SAGEMAKER_API + "API_NotebookInstanceLifecycleHook.html", "2026-11"
)
ENDPOINT_NAME = Limit(63, "characters", _SAGEMAKER_API + "API_CreateEndpoint.html", "2026-11")
ENDPOINT_RESPONSE = Limit(60, "seconds", _SAGEMAKER_API + "API_runtime_InvokeEndpoint.html", "2026-11")
INTEGRATION_TIMEOUT = Limit(29_000, "milliseconds", _API_GATEWAY, "2026-11")
# A quota can raise it for regional APIs; CloudFormation's schema stops here.
INTEGRATION_TIMEOUT_WITH_QUOTA = Limit(300_000, "milliseconds", _API_GATEWAY, "2026-11")
WAIT_CONDITION_TIMEOUT = Limit(43_200, "seconds", _CLOUDFORMATION, "2026-11")

# The text application: characters, tokens.
TEXT_MAX_CHARACTERS = 20_000
TEXT_PROMPT_MAX_CHARACTERS = 3_000
MAX_NEW_TOKENS = 512
DEFAULT_NEW_TOKENS = 200
TEMPERATURE_RANGE = (0.01, 2.0)
DEFAULT_TEMPERATURE = 0.7
TOP_P_RANGE = (0.01, 0.99)
DEFAULT_TOP_P = 0.9

# The image application: characters, pixels, steps.
IMAGE_PROMPT_MIN_CHARACTERS = 10
IMAGE_PROMPT_MAX_CHARACTERS = 300
IMAGE_SIDE_RANGE = (256, 1024)
IMAGE_SIDE_MULTIPLE = 8
DEFAULT_IMAGE_SIDE = 512
MAX_INFERENCE_STEPS = 100
DEFAULT_INFERENCE_STEPS = 50
GUIDANCE_SCALE_RANGE = (1.0, 20.0)
DEFAULT_GUIDANCE_SCALE = 7.5
MAX_IMAGES = 4
MAX_SEED = 4_294_967_295
