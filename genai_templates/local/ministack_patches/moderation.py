"""Amazon Rekognition, which ministack lacks: DetectModerationLabels for images that come as bytes.

docs/upstream/ministack/rekognition.md
There is no model here that sees what is in an image. A square in its upper left corner stands for it: magenta
(255, 0, 255) is seen with a confidence of almost 100 percent, with less the greener it is. The stand-in for image
models puts it there for prompts with certain words. Everything else is checked as documented.
"""

from __future__ import annotations

import base64
import io
import json
from typing import Any

from ministack import app
from ministack.core import iam_actions, router
from PIL import Image, UnidentifiedImageError

from ..inference.request_model import problems_of_request
from ..invoke_endpoint import HttpResponse

_SERVICE, _TARGET = "rekognition", "RekognitionService."
_MOST_BYTES = 5 * 1024 * 1024
_FEWEST_PIXELS = 50
_DEFAULT_CONFIDENCE = 50.0
_MARK = 16  # pixels from the edges, well inside the square
_HEADERS = {"Content-Type": "application/x-amz-json-1.1"}


class _Refused(Exception):
    """Rekognition does not accept a request: the code of its error, and the message."""


def apply() -> None:
    """Add the service to ministack's router, and have its calls judged."""
    router.SERVICE_PATTERNS[_SERVICE] = {"target_prefixes": [_TARGET], "host_patterns": []}
    app.SERVICE_HANDLERS[_SERVICE] = _serve
    iam_actions.SERVICE_TO_IAM_NAMESPACE[_SERVICE] = _SERVICE
    iam_actions._BOTOCORE_SERVICE_MAP[_SERVICE] = [_SERVICE]


async def _serve(method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]) -> HttpResponse:
    operation = headers.get("x-amz-target", "").removeprefix(_TARGET)
    try:
        if operation != "DetectModerationLabels":
            raise _Refused("UnknownOperationException", f"the emulated Rekognition has no operation {operation}")
        response = _detect(json.loads(body))
    except _Refused as refusal:
        code, message = refusal.args
        error = {"__type": code, "Message": message}
        return 400, {**_HEADERS, "x-amzn-errortype": code}, json.dumps(error).encode()
    return 200, {**_HEADERS}, json.dumps(response).encode()


def _detect(request: dict[str, Any]) -> dict[str, Any]:
    data = base64.b64decode(request.get("Image", {}).get("Bytes", ""))
    problem = problems_of_request(_SERVICE, "DetectModerationLabels", {**request, "Image": {"Bytes": data}})
    if problem or not data:
        raise _Refused("InvalidParameterException", problem or "Request has invalid parameters")
    if len(data) > _MOST_BYTES:
        raise _Refused("ImageTooLargeException", f"Image is too large: {len(data)} bytes, and {_MOST_BYTES} may be")
    confidence = _confidence(_image(data))
    least = float(request.get("MinConfidence", _DEFAULT_CONFIDENCE))
    label = {"Confidence": confidence, "Name": "Explicit", "ParentName": "", "TaxonomyLevel": 1}
    return {
        "ModerationLabels": [label] if confidence >= least else [],
        "ModerationModelVersion": "7.0",
        "ContentTypes": [],
    }


def _image(data: bytes) -> Image.Image:
    try:
        image = Image.open(io.BytesIO(data), formats=("JPEG", "PNG"))
    except UnidentifiedImageError:
        raise _Refused("InvalidImageFormatException", "Request has invalid image format") from None
    if min(image.size) < _FEWEST_PIXELS:
        raise _Refused("InvalidParameterException", f"An image has {_FEWEST_PIXELS} pixels a side at least")
    return image.convert("RGB")


def _confidence(image: Image.Image) -> float:
    """Return the confidence in percent with which the mark is seen, or 0."""
    pixel = image.getpixel((_MARK, _MARK))
    assert isinstance(pixel, tuple)
    red, green, blue = pixel
    return round(100 * (255 - green) / 256, 1) if min(red, blue) > 230 else 0.0
