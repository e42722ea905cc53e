"""Client of model servers: speaks their API, and returns responses of the container that they stand for."""

from __future__ import annotations

import base64
import io
import json
import re
from typing import Any

from ..invoke_endpoint import (
    RUNTIME_SECONDS,
    HttpResponse,
    ModelResponse,
    container_error,
    endpoint_response,
    timed_out,
    unavailable,
)
from ..stand_in.images import encoded_images
from ..stand_in.model import invoke_model
from .backend_request import send_request
from .server import ModelServer

_HAS_NO_SUCH_API = (404, 405, 501)
_TOO_LONG = re.compile(r"context.{0,20}(length|size|window)|too (long|many tokens)", re.IGNORECASE)
_LONGEST_MESSAGE = 500


def invoke_server(server: ModelServer, endpoint: str, body: bytes, accept: str) -> HttpResponse:
    """Send the server what was sent to the endpoint; the stand-in responds where the server has no API for it."""
    try:
        request = json.loads(body)
        if isinstance(request, dict) and "inputs" in request:
            response = _text(server, request)
        elif isinstance(request, dict) and "messages" in request:
            response = _chat(server, request)
        elif isinstance(request, dict) and "prompt" in request:
            response = _images(server, request, accept)
        else:
            response = None
    except TimeoutError:
        return timed_out(endpoint)
    except ConnectionError as error:
        return unavailable(f"The model's server cannot be reached: {error}")
    except (ValueError, LookupError, TypeError, OSError):  # the last for what is not an image
        response = container_error(500, "The model's server sent a response that is not one of its API.")
    return endpoint_response(endpoint, response or invoke_model(body, accept))


def _text(server: ModelServer, request: dict[str, Any]) -> ModelResponse | None:
    parameters = request.get("parameters") or {}
    prompt = request["inputs"]
    if server.tgi_url:
        # TGI's own route answers with an object, its route for SageMaker with a list of one.
        response = _post(server.tgi_url, request)
        return response if isinstance(response, ModelResponse) else _generated(_first(response)["generated_text"])
    sent = {
        "model": server.model,
        "max_tokens": parameters.get("max_new_tokens"),
        "temperature": parameters.get("temperature"),
        "top_p": parameters.get("top_p"),
        "stop": parameters.get("stop"),
        "stream": False,
    }
    sent = {name: value for name, value in sent.items() if value is not None}
    if server.completions_url:
        response = _post(server.completions_url, {**sent, "prompt": prompt})
    elif server.chat_url:
        response = _post(server.chat_url, {**sent, "messages": [{"role": "user", "content": prompt}]})
    else:
        return None
    if isinstance(response, ModelResponse):
        return response
    choice = response["choices"][0]
    text = str(choice["text"] if server.completions_url else choice["message"]["content"] or "")
    return _generated(prompt + text if parameters.get("return_full_text") else text)


def _chat(server: ModelServer, request: dict[str, Any]) -> ModelResponse | None:
    if server.chat_url:
        response = _post(server.chat_url, {**request, "model": server.model, "stream": False})
        return response if isinstance(response, ModelResponse) else _json(response)
    parameters = {"max_new_tokens": request.get("max_tokens"), "temperature": request.get("temperature")}
    generated = _text(server, {"inputs": request["messages"][-1]["content"], "parameters": parameters})
    if generated is None or generated.status >= 400:
        return generated
    text = _first(json.loads(generated.body))["generated_text"]
    return _json({"choices": [{"index": 0, "message": {"role": "assistant", "content": text}}]})


def _images(server: ModelServer, request: dict[str, Any], accept: str) -> ModelResponse | None:
    from PIL import Image, ImageOps

    if not server.images_url:
        return None
    size = int(request.get("width", 512)), int(request.get("height", 512))
    known = ("negative_prompt", "seed", "num_inference_steps", "guidance_scale")
    sent = {
        "model": server.model,
        "prompt": request["prompt"],
        "n": int(request.get("num_images_per_prompt", 1)),
        "size": f"{size[0]}x{size[1]}",
        "response_format": "b64_json",
        **{name: request[name] for name in known if name in request},
    }
    response = _post(server.images_url, sent, missing=True)
    if response is None or isinstance(response, ModelResponse):
        return response
    images = [Image.open(io.BytesIO(base64.b64decode(each["b64_json"]))).convert("RGB") for each in response["data"]]
    # Many servers know a few sizes only; the container responds with the requested one.
    return encoded_images([ImageOps.fit(image, size) for image in images], request["prompt"], accept)


def _post(url: str, document: dict[str, Any], *, missing: bool = False) -> Any:
    """Return the JSON that comes back, the refusal as a container's, or None if the API may be and is missing."""
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    status, _, body = send_request(url, json.dumps(document).encode(), headers, seconds=RUNTIME_SECONDS)
    if status < 400:
        return json.loads(body)
    if missing and status in _HAS_NO_SUCH_API:
        return None
    message = body.decode("utf-8", "replace")[:_LONGEST_MESSAGE]
    # OpenAI's word for an input beyond the window is 400; TGI's is 422, on which the caller splits it.
    if status == 400 and _TOO_LONG.search(message):
        status = 422
    return ModelResponse(status, "application/json", message.encode())


def _first(document: Any) -> Any:
    return document[0] if isinstance(document, list) else document


def _generated(text: str) -> ModelResponse:
    return _json([{"generated_text": text}])


def _json(document: object) -> ModelResponse:
    return ModelResponse(200, "application/json", json.dumps(document).encode())
