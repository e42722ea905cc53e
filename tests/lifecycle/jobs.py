"""Image jobs as the page asks for them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from genai_templates.local import EmulatedStack
from tests.waiting import until

PROMPT = {"prompt": "a fox that jumps over a lazy dog", "width": 256, "height": 256, "seed": 7}


def key_of(url: str) -> str:
    """Return the key of the object that an image's URL leads to."""
    return urlsplit(url).path.lstrip("/")


def finished(stack: EmulatedStack, job_id: str) -> dict[str, Any]:
    """Poll the job, as the page does, until it has ended."""

    def ended() -> dict[str, Any] | None:
        job: dict[str, Any] = stack.call("GET", f"/generate/{job_id}").json()
        return job if job["status"] in ("SUCCEEDED", "FAILED") else None

    return until(ended)


def made(stack: EmulatedStack, request: dict[str, Any]) -> dict[str, Any]:
    """Ask for images, and return the job when it has ended."""
    response = stack.call("POST", "/generate", request)
    assert response.status == 202, response.body
    return finished(stack, response.json()["job_id"])
