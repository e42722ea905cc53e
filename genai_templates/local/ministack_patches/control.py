"""Control paths: the requests of whoever started the emulator, beside those to the emulated AWS."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from typing import Any

from ..protocol import CONTROL_PREFIX

Action = Callable[..., object]
_ACTIONS: dict[tuple[str, str], Action] = {}
_STATUS_OK, _STATUS_UNKNOWN = 200, 404


def add_control_route(method: str, name: str, action: Action) -> None:
    """Add a control path: requests with this method run the action.

    The fields of a JSON body become its keyword arguments; what it returns, or what is awaited for it, is sent back
    as JSON.
    """
    _ACTIONS[method, name] = action


async def serve_control(scope: dict[str, Any], receive: Callable[..., Any], send: Callable[..., Any]) -> None:
    """Answer an ASGI request to a control path."""
    action = _ACTIONS.get((scope["method"], scope["path"].removeprefix(CONTROL_PREFIX)))
    body = await read_body(receive)
    status = _STATUS_UNKNOWN if action is None else _STATUS_OK
    result = {"message": "there is no such control path"} if action is None else action(**json.loads(body or b"{}"))
    if inspect.isawaitable(result):
        result = await result
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": json.dumps(result).encode()})


async def read_body(receive: Callable[..., Any]) -> bytes:
    """Read the body of an ASGI request to its end."""
    body = b""
    while True:
        message = await receive()
        body += bytes(message.get("body", b""))
        if not message.get("more_body"):
            return body
