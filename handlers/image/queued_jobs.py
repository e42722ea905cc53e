"""Processes the jobs that come through a queue."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from handlers.common.context import LambdaContext
from handlers.jobs.delivery import Deliveries

from .endpoint_call_function import process

deliveries = Deliveries()


def handler(event: Mapping[str, Any], context: LambdaContext) -> dict[str, object]:
    """Process the jobs of these messages, or the one of an event that was sent before there was a queue."""
    if "job_id" in event:
        process(str(event["job_id"]), context)
        return {}
    return deliveries.deal_with(event, partial(process, context=context))
