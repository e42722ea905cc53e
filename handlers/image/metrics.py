"""The metrics of a try of an image job."""

from __future__ import annotations

from handlers.common.metrics import emit
from handlers.jobs.processing import Attempt


def emit_attempt(attempt: Attempt | None, *, stack_name: str) -> None:
    """Emit what there is to know of a try that ended its job."""
    if attempt is None:
        return
    emit(
        {
            "Latency": (attempt.milliseconds, "Milliseconds"),
            "Images": (0 if attempt.failure else attempt.job.settings["num_images"], "Count"),
            "Failures": (1 if attempt.failure else 0, "Count"),
        },
        stack_name=stack_name,
        operation="MakeImages",
        job_id=attempt.job.job_id,
        failure=attempt.failure,
    )
