"""The image handlers as their callers use them: API Gateway and Lambda's events."""

from __future__ import annotations

import json
from typing import Any

PROMPT = "A red square\n  on a   table"


def submit(context: Any, make_event: Any, body: object, key: str | None = None) -> tuple[int, dict[str, Any]]:
    from handlers.image import start_process_function

    headers = {} if key is None else {"Idempotency-Key": key}
    event = make_event("POST", "/generate", json.dumps(body), headers=headers)
    response = start_process_function.handler(event, context)
    return response["statusCode"], json.loads(response["body"])


def process(context: Any, payload: dict[str, Any]) -> None:
    from handlers.image import endpoint_call_function

    endpoint_call_function.handler(payload, context)


def show(context: Any, make_event: Any, job_id: str | None) -> tuple[int, dict[str, Any]]:
    from handlers.image import display_image

    event = make_event("GET", "/generate")
    if job_id is not None:
        event = make_event("GET", "/generate/{job_id}", pathParameters={"job_id": job_id})
    response = display_image.handler(event, context)
    return response["statusCode"], json.loads(response["body"])


def started(context: Any, make_event: Any, events: Any, **more: object) -> str:
    status, body = submit(context, make_event, {"prompt": PROMPT, **more})
    assert status == 202
    assert events.payloads[-1] == {"job_id": body["job_id"]}
    return str(body["job_id"])
