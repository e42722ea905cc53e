"""The emulator's own process: ministack, completed, behind one gateway. Run by ``Emulator``, never by hand."""

from __future__ import annotations

import asyncio
import importlib
import os
import shutil
import signal
import sys
import threading
from collections.abc import Sequence

from .control import add_control_route

# What completes ministack, in this order: some build on what others have changed.
_PATCHES = (
    "gateway",
    "permissions",
    "sagemaker",
    "bedrock",
    "service_quotas",
    "type_registry",
    "policy_simulation",
    "stack_events",
    "stack_descriptions",
    "stack_states",
    "template_urls",
    "disruptions",
    "rest_api",
    "distribution",
    "compression",
    "functions",
    "invocations",
    "integrations",
    "log_events",
    "resources",
    "provisioning",
    "tagging",
)


def main(arguments: Sequence[str]) -> None:
    """Serve AWS and the sites on the two ports that are the arguments, until standard input ends."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    asyncio.run(_serve(*map(int, arguments)))


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    shutil.rmtree(os.environ["TMPDIR"], ignore_errors=True)
    os.killpg(os.getpgrp(), signal.SIGKILL)


async def _serve(port: int, sites_port: int) -> None:
    from hypercorn.asyncio import serve
    from hypercorn.config import Config
    from ministack import app

    from . import gateway

    add_control_route("GET", "ready", dict)
    for patch in _PATCHES:
        importlib.import_module(f".{patch}", __package__).apply()
    config = Config()
    config.bind = [f"127.0.0.1:{port}", *([f"127.0.0.1:{sites_port}"] if sites_port else [])]
    config.keep_alive_timeout = 75
    await serve(gateway.gateway(app.app, sites_port=sites_port), config)
