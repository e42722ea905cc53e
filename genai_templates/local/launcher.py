"""The emulator's own process: ministack, completed, behind one gateway.

Run by ``Emulator``, never by hand. The gateway stands for the TLS terminator that every AWS endpoint has, so that
policies which ask for TLS are met, and answers the control paths.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
import threading
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from .control import answer_control, serve_control
from .protocol import CONTROL_PREFIX

Scope = dict[str, Any]
Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
_TLS = (b"x-forwarded-proto", b"https")


def main(arguments: Sequence[str]) -> None:
    """Serve on the port that is the only argument until standard input ends."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    asyncio.run(_serve(int(arguments[0])))


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    shutil.rmtree(os.environ["TMPDIR"], ignore_errors=True)
    os.killpg(os.getpgrp(), signal.SIGKILL)


async def _serve(port: int) -> None:
    from hypercorn.asyncio import serve
    from hypercorn.config import Config
    from ministack import app

    from . import distribution, functions, invocations, permissions, resources, rest_api, sagemaker

    answer_control("GET", "ready", dict)
    for part in (permissions, sagemaker, rest_api, distribution, functions, invocations, resources):
        part.install()
    config = Config()
    config.bind = [f"127.0.0.1:{port}"]
    config.keep_alive_timeout = 75
    await serve(_gateway(app.app), config)


def _gateway(application: Any) -> Any:
    async def gateway(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await application(scope, receive, send)
        elif scope["path"].startswith(CONTROL_PREFIX):
            await serve_control(scope, receive, send)
        else:
            kept = [header for header in scope["headers"] if header[0] != _TLS[0]]
            await application({**scope, "headers": [*kept, _TLS]}, receive, send)

    return gateway
