"""Model servers in place of the stand-in: with TGI's own API, or one compatible with OpenAI's.

What the URL given by the user ends with says which API it is:

- ``/generate``: TGI's;
- ``/chat/completions``, ``/completions`` or ``/images/generations``: OpenAI's, with this path for texts or for images;
- anything else: the server tells. ``GET info`` that names a model is TGI's; a list of models below ``/v1/models``
  is OpenAI's, as Ollama, vLLM and llama.cpp's server speak it, and texts go to ``/v1/chat/completions``.

``?model=NAME`` chooses among the server's models; without it the first of the list is used. What a server has no API
for, such as images, is left to the stand-in.
"""

from __future__ import annotations

import json
import urllib.parse
from dataclasses import dataclass
from typing import Any

from ...errors import LocalError
from .backend_request import send_request

_PROBE_SECONDS = 5
_CHAT, _COMPLETIONS, _IMAGES = "chat/completions", "completions", "images/generations"


@dataclass(frozen=True)
class ModelServer:
    """Where a server takes texts and images; an empty URL says that it does not."""

    tgi_url: str = ""
    chat_url: str = ""
    completions_url: str = ""
    images_url: str = ""
    model: str = ""


def find_server(url: str) -> ModelServer:
    """Return the server at this URL with the API that it has; raises LocalError when there is none, or another API."""
    parts = urllib.parse.urlsplit(url)
    wanted = urllib.parse.parse_qs(parts.query).get("model", [""])[0]
    plain = urllib.parse.urlunsplit((parts.scheme, parts.netloc, parts.path.rstrip("/"), "", ""))
    if plain.endswith("/generate"):
        return ModelServer(tgi_url=plain)
    for path in (_CHAT, _COMPLETIONS, _IMAGES):
        if plain.endswith(f"/{path}"):
            base = plain.removesuffix(f"/{path}")
            return _openai(base, path, wanted or _first_model(_get_json(f"{base}/models")))
    if _names_model(_get_json(f"{plain}/info")):
        return ModelServer(tgi_url=f"{plain}/generate")
    base = plain if plain.endswith("/v1") else f"{plain}/v1"
    listed = _get_json(f"{base}/models")
    if not _first_model(listed):
        raise LocalError(
            f"{url} answers, but neither with TGI's API (GET /info) nor with a list of models (GET /v1/models): "
            "start a model there, or give the URL of its API"
        )
    return _openai(base, _CHAT, wanted or _first_model(listed))


def _openai(base: str, path: str, model: str) -> ModelServer:
    return ModelServer(
        chat_url=f"{base}/{_CHAT}" if path == _CHAT else "",
        completions_url=f"{base}/{_COMPLETIONS}" if path == _COMPLETIONS else "",
        images_url=f"{base}/{_IMAGES}",
        model=model,
    )


def _get_json(url: str) -> Any:
    """Return the JSON that is there, or nothing."""
    try:
        status, _, body = send_request(url, None, {"Accept": "application/json"}, seconds=_PROBE_SECONDS)
    except TimeoutError:
        raise LocalError(f"{url} did not answer within {_PROBE_SECONDS} s: is the model's server running?") from None
    except ConnectionError as error:
        raise LocalError(f"{url} cannot be reached: {error}") from None
    try:
        return json.loads(body) if status == 200 else None
    except ValueError:
        return None


def _names_model(document: Any) -> bool:
    return isinstance(document, dict) and "model_id" in document


def _first_model(document: Any) -> str:
    """Return the id of the first model of a list in OpenAI's format, or nothing."""
    models = document.get("data") if isinstance(document, dict) else None
    first = models[0] if isinstance(models, list) and models else None
    return str(first.get("id", "")) if isinstance(first, dict) else ""
