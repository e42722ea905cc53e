"""Takes an image request, submits its job, and responds at once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, NamedTuple

from handlers.common.content.screen import Screen
from handlers.common.context import LambdaContext
from handlers.common.daily_limit import DailyLimit
from handlers.common.http import ProxyResponse, Request, Response, serve
from handlers.common.metrics import emit
from handlers.common.settings import read_settings
from handlers.jobs.dispatch import connect_sender
from handlers.jobs.idempotency import read_idempotency_key
from handlers.jobs.submission import Submitter
from handlers.jobs.table import JobTable

from .request import read_job_settings, with_seed


class Settings(NamedTuple):
    """The function's environment."""

    stack_name: str
    jobs_table: str
    allowed_origin: str
    job_retention_days: int
    job_maximum_age: int
    content_filters: str = ""
    api_auth: str = "none"
    dispatch: str = "event"
    daily_limit_table: str = ""
    daily_requests: int = 0


settings = read_settings(Settings)
screen = Screen(settings.content_filters, stack_name=settings.stack_name)
submitter = Submitter(
    JobTable(settings.jobs_table),
    sender=connect_sender(settings.dispatch),
    retention_days=settings.job_retention_days,
    maximum_age=settings.job_maximum_age,
)
daily_limit = DailyLimit(settings.daily_limit_table, settings.daily_requests, stack_name=settings.stack_name)


def handler(event: Mapping[str, Any], context: LambdaContext) -> ProxyResponse:
    """Serve the route that starts a job."""
    return serve(event, context, routes=ROUTES, allowed_origin=settings.allowed_origin, auth=settings.api_auth)


def _start(request: Request, context: LambdaContext) -> Response:
    key = read_idempotency_key(request.headers)
    requested = read_job_settings(request.json_object())
    # A negative prompt names what is not to be in the image: what it may not name could not be kept out.
    screen.check_prompt(requested["prompt"], field="prompt", request_id=request.request_id)
    # The seed counts for the key only where the client gave one.
    job_id, status, is_new = submitter.submit(
        requested,
        settings=with_seed(requested),
        key=key,
        owner=request.caller,
        admit=partial(daily_limit.count, request, operation="StartJob"),
    )
    if is_new:
        emit(
            {"Jobs": (1, "Count"), "ImagesRequested": (requested["num_images"], "Count")},
            stack_name=settings.stack_name,
            operation="StartJob",
            request_id=request.request_id,
            job_id=job_id,
        )
    return Response(202, {"job_id": job_id, "status": status, "status_url": f"generate/{job_id}"})


ROUTES = {("POST", "/generate"): _start}
