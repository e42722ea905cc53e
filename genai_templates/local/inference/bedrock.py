"""Models of Amazon Bedrock: played by the stand-in or a server, with the latency, failures and faults of endpoints."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from ..invoke_bedrock import as_bedrock_error, bedrock_error, bedrock_fault, bedrock_response
from ..invoke_endpoint import HttpResponse
from ..protocol import ModelFault
from ..stand_in import bedrock as stand_in
from .runtime import Runtime
from .server import ModelServer
from .server_client import invoke_server

Document = dict[str, Any]


class _Call(NamedTuple):
    """A call of one kind: how its response is made, and how what it holds is damaged."""

    respond: Callable[[Document, ModelServer | None], HttpResponse]
    damage: Callable[[Document, ModelFault], Document]


async def respond(runtime: Runtime, operation: str, model_id: str, request: Document) -> HttpResponse:
    """Respond to a call of ``Converse`` or ``InvokeModel``, whose request was checked."""
    call = _CALLS[operation]
    work = partial(call.respond, request, runtime.server)
    return await runtime.play(model_id, work, partial(_broken, call, request), _timed_out())


def check_image_request(body: bytes) -> tuple[Document, str]:
    """Return the body of a call of InvokeModel, and what is wrong with it, or nothing."""
    try:
        request = json.loads(body)
    except ValueError:
        return {}, "not valid JSON"
    return request, stand_in.problem_of_image_request(request)


def _converse(request: Document, server: ModelServer | None) -> HttpResponse:
    if server is None:
        return bedrock_response(stand_in.converse_response(request, stand_in.generate_text(request)))
    inference = request.get("inferenceConfig", {})
    parameters = {"max_new_tokens": stand_in.most_tokens(request)}
    parameters |= {ours: inference[theirs] for ours, theirs in _PARAMETERS.items() if theirs in inference}
    body = {"inputs": stand_in.prompt_of(request), "parameters": parameters}
    response = invoke_server(server, "", json.dumps(body).encode(), "application/json")
    if response[0] >= 400:
        return as_bedrock_error(response)
    return bedrock_response(stand_in.converse_response(request, json.loads(response[2])[0]["generated_text"]))


_PARAMETERS = {"temperature": "temperature", "top_p": "topP", "stop": "stopSequences"}


def _image(request: Document, server: ModelServer | None) -> HttpResponse:
    image = stand_in.image_request(request)
    if server is None:
        file = stand_in.draw_image(image, request.get("output_format", "png"))
        return bedrock_response(stand_in.image_response(request, file))
    body = {
        "prompt": image.prompt,
        "negative_prompt": image.negative_prompt,
        "seed": image.seed,
        "width": image.width,
        "height": image.height,
    }
    response = invoke_server(server, "", json.dumps(body).encode(), "application/json;jpeg")
    if response[0] >= 400:
        return as_bedrock_error(response)
    (encoded,) = json.loads(response[2])["generated_images"]
    return bedrock_response(stand_in.image_response(request, base64.b64decode(encoded)))


def _timed_out() -> HttpResponse:
    return bedrock_fault(ModelFault.TIMED_OUT) or bedrock_error("ModelTimeoutException", "")


def _broken(call: _Call, request: Document, fault: ModelFault) -> HttpResponse:
    """Return the response that a call with this fault gets."""
    if refusal := bedrock_fault(fault):
        return refusal
    status, headers, body = call.respond(request, None)
    if fault is ModelFault.CONNECTION_LOST:
        return status, {**headers, "Content-Length": str(len(body))}, body[: len(body) // 2]
    if fault is ModelFault.MALFORMED_JSON:
        return status, headers, body[: len(body) // 2]
    return bedrock_response(call.damage(json.loads(body), fault))


def _damaged_text(document: Document, fault: ModelFault) -> Document:
    """Leave no text at all, or something else in its place; other sizes there are none of."""
    tool = {"toolUse": {"toolUseId": "1", "name": "none", "input": {}}}
    blocks = {ModelFault.TRUNCATED: [], ModelFault.NOT_AN_IMAGE: [tool]}
    message = document["output"]["message"]
    content = blocks.get(fault, message["content"])
    return {**document, "output": {"message": {**message, "content": content}}}


def _damaged_image(document: Document, fault: ModelFault) -> Document:
    """Leave half of the file, or something else; a size of one's own an image of Bedrock has anyway."""
    file = base64.b64decode(document["images"][0])
    files = {ModelFault.TRUNCATED: file[: len(file) // 2], ModelFault.NOT_AN_IMAGE: b"This is not an image."}
    return {**document, "images": [base64.b64encode(files.get(fault, file)).decode()]}


_CALLS = {"Converse": _Call(_converse, _damaged_text), "InvokeModel": _Call(_image, _damaged_image)}
