"""Shows a job, the latest one, and whether the model is ready."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from handlers.common.context import LambdaContext
from handlers.common.errors import NotFound
from handlers.common.http import Request, Response, answer, serve
from handlers.common.settings import read_settings
from handlers.common.status import endpoint_status
from handlers.jobs import jobs


class Settings(NamedTuple):
    """The function's environment."""

    jobs_table: str
    endpoint_name: str
    allowed_origin: str


settings = read_settings(Settings)

SITE_URL = "siteUrl"
"""The stage variable with the distribution's URL, which the function's environment cannot refer to without a circle."""


def handler(event: Mapping[str, Any], context: LambdaContext) -> Response:
    """Answer GET /generate, GET /generate/{job_id} and GET /status."""
    return serve(event, context, routes=_ROUTES, allowed_origin=settings.allowed_origin)


def _show_job(request: Request, context: LambdaContext) -> Response:
    job_id = request.path_parameters.get("job_id", "")
    job = jobs.read(job_id) if jobs.ID.fullmatch(job_id) else None
    if job is None:
        raise NotFound("there is no such job, or it has expired")
    return _shown(job, request)


def _show_latest(request: Request, context: LambdaContext) -> Response:
    job = jobs.read_latest()
    if job is None:
        raise NotFound("there is no image yet")
    return _shown(job, request)


def _show_status(request: Request, context: LambdaContext) -> Response:
    return answer(200, endpoint_status(settings.endpoint_name), request=request, allowed_origin=settings.allowed_origin)


def _shown(job: jobs.Job, request: Request) -> Response:
    body: dict[str, object] = {
        "job_id": job.job_id,
        "status": job.status,
        "prompt": job.settings["prompt"],
        "seed": job.settings["seed"],
        "images": [_image(each, request.stage_variables.get(SITE_URL, "")) for each in job.results],
        "created_at": job.created_at,
    }
    if job.started_at:
        body["started_at"] = job.started_at
    if job.finished_at:
        body["finished_at"] = job.finished_at
    if job.status == jobs.FAILED:
        body["error"] = {"code": job.error_code, "message": job.error_message}
    return answer(200, body, request=request, allowed_origin=settings.allowed_origin)


def _image(image: Mapping[str, Any], site: str) -> dict[str, object]:
    """Return an image with URLs that every client can follow, whichever URL it called the API under."""
    return {
        "url": f"{site}/{image['key']}",
        "thumbnail_url": f"{site}/{image['thumbnail_key']}",
        "width": image["width"],
        "height": image["height"],
    }


_ROUTES = {
    ("GET", "/generate"): _show_latest,
    ("GET", "/generate/{job_id}"): _show_job,
    ("GET", "/status"): _show_status,
}
