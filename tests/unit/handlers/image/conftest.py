"""The model of the image handlers, as tests turn it."""

from __future__ import annotations

import base64
import io
import json
from typing import Any, cast

import pytest
from PIL import Image

from handlers.common.hosting.endpoint import Endpoint


def jpeg(width: int, height: int, colour: tuple[int, int, int] = (200, 30, 60)) -> bytes:
    """Return a JPEG of one colour."""
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(buffer, "JPEG")
    return buffer.getvalue()


def jpeg_response(*images: bytes) -> bytes:
    """Return the model's response to ``application/json;jpeg``."""
    encoded = [base64.b64encode(image).decode() for image in images]
    return json.dumps({"generated_images": encoded, "prompt": "p"}).encode()


class Model:
    """The endpoint: responds with its ``body``, or raises its ``error``."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PAYLOAD_CODEC", "stable-diffusion")
        from handlers.image import endpoint_call_function

        self._client = cast(Endpoint, endpoint_call_function.host).client
        self.body = jpeg_response(jpeg(512, 512))
        self.error: Exception | None = None
        self.requests: list[dict[str, Any]] = []
        monkeypatch.setattr(self._client, "invoke_endpoint", self.invoke)

    def invoke(self, *, Body: bytes, Accept: str, **_: object) -> dict[str, Any]:
        assert Accept == "application/json;jpeg"
        self.requests.append(json.loads(Body))
        if self.error is not None:
            raise self.error
        return {"Body": io.BytesIO(self.body), "ContentType": "application/json"}

    def fails(self, code: str, original: int = 500) -> None:
        """Let every request fail in this way."""
        response: Any = {"Error": {"Code": code, "Message": "m"}, "OriginalStatusCode": original}
        self.error = self._client.exceptions.ClientError(response, "InvokeEndpoint")


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Model:
    """An endpoint that makes one red square of 512 pixels."""
    return Model(monkeypatch)
