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

from .private_images import sign_urls


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
BUCKET_URL = "imagesUrl"
"""The stage variable with the URL of the images' bucket, where images are private."""


def handler(event: Mapping[str, Any], context: LambdaContext) -> ProxyResponse:
    """Serve the routes that show something."""
    return serve(event, context, routes=ROUTES, allowed_origin=settings.allowed_origin, auth=settings.api_auth)


def _show_job(request: Request, context: LambdaContext) -> Response:
    job = jobs.read(request.path_parameters.get("job_id", ""), owner=request.caller)
    if job is None:
        raise NotFound("there is no job of this id, or it has expired")
    if job.awaits_result:
        connect_late_results(settings.model_status).look(
            job.job_id, hand_over=job.hand_overs, result=job.result_location, failure=job.failure_location
        )
    return _job_response(job, request)


def _show_latest(request: Request, context: LambdaContext) -> Response:
    job = jobs.read_latest(owner=request.caller)
    if job is None:
        raise NotFound("there is no image yet")
    return _job_response(job, request)


def _show_status(request: Request, context: LambdaContext) -> Response:
    return Response(200, model_status.read())


def _job_response(job: Job, request: Request) -> Response:
    body = {
        **job.as_response(),
        "prompt": job.settings["prompt"],
        "seed": job.settings["seed"],
        "images": [
            {**_urls(result, f"image-seed-{job.settings['seed']}-{number}", request), **_size(result)}
            for number, result in enumerate(job.results, start=1)
        ],
    }
    return Response(200, body)


def _urls(result: Mapping[str, Any], name: str, request: Request) -> dict[str, str]:
    """Return URLs that every client can follow, whichever URL it called the API under."""
    if bucket_url := request.stage_variables.get(BUCKET_URL):
        return sign_urls(bucket_url, result, file_name=name)
    site = request.stage_variables.get(SITE_URL, "")
    return {"url": f"{site}/{result['key']}", "thumbnail_url": f"{site}/{result['thumbnail_key']}"}


def _size(result: Mapping[str, Any]) -> dict[str, int]:
    return {"width": result["width"], "height": result["height"]}


ROUTES = {
    ("GET", "/generate"): _show_latest,
    ("GET", "/generate/{job_id}"): _show_job,
    ("GET", "/status"): _show_status,
}
