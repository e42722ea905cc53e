"""Many jobs at once: none is lost, and the emulator does not grow with them beyond what they leave behind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from genai_templates import Hosting
from genai_templates.local import EmulatedStack, Emulator
from tests.waiting import until

JOBS = 200
PROMPT = {"prompt": "a fox that jumps over a lazy dog", "width": 256, "height": 256, "num_inference_steps": 10}
_STATUS_LINE = "VmRSS:"


@pytest.fixture(scope="module")
def stack(make_stack: Callable[..., EmulatedStack]) -> EmulatedStack:
    """An image stack that lets a burst in: the stack's own limit for it is 20 requests by default."""
    stack = make_stack("image", Hosting.EXISTING, ThrottleBurst="5000", ThrottleRate="10000")
    stack.create()
    return stack


def submit(stack: EmulatedStack, number: int) -> str:
    response = stack.call("POST", "/generate", {**PROMPT, "seed": number})
    assert response.status == 202, response.body
    return str(response.json()["job_id"])


def finished(stack: EmulatedStack, job_ids: list[str]) -> Counter[str]:
    """Wait until all of these jobs have ended, and count how."""
    open_jobs = list(job_ids)
    ends: Counter[str] = Counter()

    def none_open() -> bool | None:
        for job_id in list(open_jobs):
            job: dict[str, Any] = stack.call("GET", f"/generate/{job_id}").json()
            if job["status"] not in ("SUCCEEDED", "FAILED"):
                return None
            ends[job["status"]] += 1
            open_jobs.remove(job_id)
        return True

    until(none_open, seconds=120)
    return ends


def megabytes_of_emulator(stack: EmulatedStack) -> float:
    status = (process_of(stack.emulator) / "status").read_text()
    (line,) = (line for line in status.splitlines() if line.startswith(_STATUS_LINE))
    return int(line.split()[1]) / 1024


def process_of(emulator: Emulator) -> Path:
    """Return the folder of the process that serves the emulated AWS."""
    return Path("/proc", str(emulator.control_request("GET", "ready")["process"]))


def megabytes_stored(stack: EmulatedStack) -> float:
    pages = stack.client("s3").get_paginator("list_objects_v2").paginate(Bucket=stack.outputs["ImageBucketName"])
    return sum(int(each["Size"]) for page in pages for each in page.get("Contents", [])) / 2**20


@pytest.mark.skipif(not Path("/proc/self/status").is_file(), reason="memory is read from /proc")
def test_every_job_of_a_burst_succeeds_and_memory_does_not_grow(stack: EmulatedStack) -> None:
    with ThreadPoolExecutor(JOBS) as clients:
        warm = list(clients.map(lambda number: submit(stack, number), range(20)))
        assert finished(stack, warm) == {"SUCCEEDED": 20}
        memory, stored = megabytes_of_emulator(stack), megabytes_stored(stack)

        job_ids = list(clients.map(lambda number: submit(stack, number), range(JOBS)))

    assert len(set(job_ids)) == JOBS
    assert finished(stack, job_ids) == {"SUCCEEDED": JOBS}
    grown = megabytes_of_emulator(stack) - memory - (megabytes_stored(stack) - stored)
    # 200 threads' stacks and the items and decisions of as many jobs; a copy of every image kept would be 20 and more.
    assert grown < 40, f"{grown:.0f} MB beyond the images"
