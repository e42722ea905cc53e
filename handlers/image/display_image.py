"""Shows a job, the latest one, and whether the model is ready."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from handlers.common.context import LambdaContext
from handlers.common.errors import NotFound
from handlers.common.hosting import connect_late_results, connect_status
from handlers.common.http import ProxyResponse, Request, Response, serve
from handlers.common.settings import read_settings
from handlers.jobs.job import Job
from handlers.jobs.store import JobStore
from handlers.jobs.table import JobTable


class Settings(NamedTuple):
    """The function's environment."""

    jobs_table: str
    model_status: str
    allowed_origin: str
    api_auth: str = "none"


settings = read_settings(Settings)
jobs = JobStore(JobTable(settings.jobs_table))
model_status = connect_status(settings.model_status)

SITE_URL = "siteUrl"
"""The stage variable with the distribution's URL, which the function's environment cannot refer to without a circle."""


def handler(event: Mapping[str, Any], context: LambdaContext) -> ProxyResponse:
    """Serve the routes that show something."""
    return serve(event, context, routes=ROUTES, allowed_origin=settings.allowed_origin, auth=settings.api_auth)


def _show_job(request: Request, context: LambdaContext) -> Response:
    job = jobs.read(request.path_parameters.get("job_id", ""))
    if job is None:
        raise NotFound("there is no job of this id, or it has expired")
    if job.awaits_result:
        connect_late_results(settings.model_status).look(
            job.job_id, hand_over=job.hand_overs, result=job.result_location, failure=job.failure_location
        )
    return _job_response(job, request)


def _show_latest(request: Request, context: LambdaContext) -> Response:
    job = jobs.read_latest()
    if job is None:
        raise NotFound("there is no image yet")
    return _job_response(job, request)


def _show_status(request: Request, context: LambdaContext) -> Response:
    return Response(200, model_status.read())


def _job_response(job: Job, request: Request) -> Response:
    site = request.stage_variables.get(SITE_URL, "")
    body = {
        **job.as_response(),
        "prompt": job.settings["prompt"],
        "seed": job.settings["seed"],
        "images": [_image(result, site) for result in job.results],
    }
    return Response(200, body)


def _image(result: Mapping[str, Any], site: str) -> dict[str, object]:
    """Return an image with URLs that every client can follow, whichever URL it called the API under."""
    return {
        "url": f"{site}/{result['key']}",
        "thumbnail_url": f"{site}/{result['thumbnail_key']}",
        "width": result["width"],
        "height": result["height"],
    }


ROUTES = {
    ("GET", "/generate"): _show_latest,
    ("GET", "/generate/{job_id}"): _show_job,
    ("GET", "/status"): _show_status,
}
