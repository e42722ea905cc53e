"""An image model of Amazon Bedrock, called by InvokeModel."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from handlers.common.settings import read_settings

from .bedrock import Settings, connect_runtime, understood_errors


def connect(*, function_timeout: int) -> BedrockImages:
    """Return the model of the function's environment."""
    settings = read_settings(Settings)
    client = connect_runtime(settings.bedrock_region, function_timeout=function_timeout)
    return BedrockImages(client, settings.bedrock_model_id)


class BedrockImages:
    """The model of this id, which makes one image a call."""

    def __init__(self, client: Any, model_id: str) -> None:
        """Keep the client and the id."""
        self.client = client
        self._model_id = model_id

    def invoke(self, body: Any, *, accept: str = "application/json", inference_id: str = "") -> bytes:
        """Send each of the body's ``requests``, all at once, and return a JSON array of the responses.

        Raises a RequestError that says what went wrong with the first of them that failed.
        """
        requests = body["requests"]
        with ThreadPoolExecutor(len(requests)) as pool:
            return b"[" + b",".join(pool.map(lambda each: self._invoke(each, accept), requests)) + b"]"

    def _invoke(self, request: object, accept: str) -> bytes:
        with understood_errors():
            response = self.client.invoke_model(
                modelId=self._model_id,
                body=json.dumps(request).encode(),
                contentType="application/json",
                accept=accept,
            )
            return bytes(response["body"].read())
