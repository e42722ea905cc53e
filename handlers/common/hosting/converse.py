"""A language model of Amazon Bedrock, called by Converse."""

from __future__ import annotations

import json
from typing import Any

from handlers.common.settings import read_settings

from .bedrock import Settings, connect_runtime, understood_errors


def connect(*, function_timeout: int) -> Converse:
    """Return the model of the function's environment."""
    settings = read_settings(Settings)
    client = connect_runtime(settings.bedrock_region, function_timeout=function_timeout)
    return Converse(client, settings.bedrock_model_id)


class Converse:
    """The model of this id: one of Bedrock's, or an inference profile's."""

    def __init__(self, client: Any, model_id: str) -> None:
        """Keep the client and the id."""
        self.client = client
        self._model_id = model_id

    def invoke(self, body: Any, *, accept: str = "application/json", inference_id: str = "") -> bytes:
        """Send the fields of a Converse request, and return the response as JSON.

        Raises a RequestError that says what went wrong.
        """
        with understood_errors():
            response = self.client.converse(modelId=self._model_id, **body)
        return json.dumps({name: response.get(name) for name in ("output", "stopReason")}).encode()
