"""The emulator's own process: ministack, completed, behind one gateway. Run by ``Emulator``, never by hand.

What is imported and completed once serves in copies of the process: that of a new one is a moment's work.
"""

from __future__ import annotations

import asyncio
import importlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..protocol import LOG
from .control import add_control_route
from .copies import postponed_threads, work_in_copies

# What completes ministack, in this order: some build on what others have changed.
_PATCHES = (
    "gateway",
    "vpc_calls",
    "permissions",
    "sagemaker",
    "bedrock",
    "guardrails",
    "moderation",
    "endpoint_updates",
    "blue_green",
    "inference_components",
    "asynchronous_inference",
    "service_quotas",
    "type_registry",
    "policy_simulation",
    "stack_events",
    "stack_descriptions",
    "stack_states",
    "conditions",
    "change_sets",
    "template_urls",
    "message_moves",
    "disruptions",
    "rest_api",
    "distribution",
    "domains",
    "compression",
    "firewall",
    "presigned_urls",
    "functions",
    "invocations",
    "integrations",
    "api_callers",
    "sign_in",
    "topic_deliveries",
    "log_events",
    "schedules",
    "budgets",
    "encryption",
    "resources",
    "provisioning",
    "tagging",
)

_SERVICES_OF_EVERY_STACK = ("cloudformation", "iam", "lambda", "s3", "sagemaker")


def main(arguments: Sequence[str]) -> None:
    """Serve AWS and the sites on the two ports that are the arguments, until standard input ends.

    Each byte of it empties the emulated account.
    """
    port, sites_port = map(int, arguments)
    with postponed_threads() as threads:
        application, config = _application(sites_port), _config(port, sites_port)
    _read_models()

    def work() -> None:
        for thread in threads:
            thread.start()
        _serve(application, config)

    work_in_copies(work, Path(os.environ["TMPDIR"]), LOG)


def _application(sites_port: int) -> Any:
    from ministack import app

    from . import gateway

    add_control_route("GET", "ready", lambda: {"process": os.getpid()})
    for patch in _PATCHES:
        importlib.import_module(f".{patch}", __package__).apply()
    return gateway.gateway(app.app, sites_port=sites_port)


def _read_models() -> None:
    """Read the SDK's models that a stack's first requests would read in every copy anew."""
    from ministack.core import iam_actions, responses
    from moto.core.base_backend import AccountSpecificBackend
    from moto.core.utils import get_service_model

    for service in _SERVICES_OF_EVERY_STACK:
        responses._service_model(service)
        iam_actions._tag_operations(service)
        iam_actions.unsigned_operations(service)
    get_service_model("sagemaker")
    AccountSpecificBackend.get_session().get_available_regions("sagemaker")


def _config(port: int, sites_port: int) -> Any:
    from hypercorn.config import Config

    config = Config()
    config.bind = [f"127.0.0.1:{each}" for each in (port, sites_port) if each]
    config.keep_alive_timeout = 75
    return config


def _serve(application: Any, config: Any) -> None:
    from hypercorn.asyncio import serve

    asyncio.run(serve(application, config))
