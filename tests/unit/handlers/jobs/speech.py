"""A second application with jobs, made of ``handlers.jobs`` alone: its model says a text aloud, in capitals."""

from __future__ import annotations

import json
from typing import Any

from handlers.common.http import ProxyResponse, Request, Response, serve
from handlers.common.validation import Fields
from handlers.jobs import mark_job_failed
from handlers.jobs.dispatch import connect_sender
from handlers.jobs.idempotency import read_idempotency_key
from handlers.jobs.job import Job
from handlers.jobs.processing import process_job
from handlers.jobs.store import JobStore
from handlers.jobs.submission import Submitter
from handlers.jobs.table import JobTable
from tests.unit.handlers.conftest import Context, Events, event_of

TEXT = "Mind the gap"


class Speech:
    """The application's handlers, as API Gateway, Lambda's events and the queue of failed jobs call them."""

    def __init__(self, events: Events) -> None:
        table = JobTable("jobs")
        self.jobs = JobStore(table)
        self.submitter = Submitter(table, sender=connect_sender("event"), retention_days=30, maximum_age=3600)
        self.events = events
        self.spoken: list[str] = []
        self.error: Exception | None = None

    def submit(self, text: str = TEXT, key: str | None = None) -> tuple[int, dict[str, Any]]:
        """Return status and body of a request for a job."""
        headers = {} if key is None else {"Idempotency-Key": key}
        return _read(self.serve(event_of("POST", "/speech", json.dumps({"text": text}), headers=headers)))

    def started(self, text: str = TEXT) -> str:
        """Return the id of a new job."""
        status, body = self.submit(text)
        assert status == 202
        assert self.events.payloads[-1] == {"job_id": body["job_id"]}
        return str(body["job_id"])

    def process(self, job_id: str) -> None:
        """Process a job, as its event makes Lambda do."""
        process_job(self.jobs, job_id, self._speak, lease_seconds=90)

    def show(self, job_id: str) -> tuple[int, dict[str, Any]]:
        """Return status and body of the description of a job; ``latest`` is one too."""
        return _read(self.serve(event_of("GET", "/speech/{job_id}", pathParameters={"job_id": job_id})))

    def status_of(self, job_id: str) -> str:
        """Return the status of a job, as a client is told it."""
        return str(self.show(job_id)[1]["status"])

    def latest(self) -> str | None:
        """Return the id of the job that finished last."""
        job = self.jobs.read_latest(owner="")
        return None if job is None else job.job_id

    def serve(self, event: dict[str, Any]) -> ProxyResponse:
        """Serve an event of API Gateway."""
        routes = {("POST", "/speech"): self._start, ("GET", "/speech/{job_id}"): self._show}
        return serve(event, Context(), routes=routes, allowed_origin="*")

    def _start(self, request: Request, context: object) -> Response:
        key = read_idempotency_key(request.headers)
        fields = Fields(request.json_object())
        requested = {"text": fields.text("text", minimum=1, maximum=100)}
        fields.raise_if_invalid()
        job_id, status, _ = self.submitter.submit(
            requested, settings=requested, key=key, owner=request.caller, admit=lambda: None
        )
        return Response(202, {"job_id": job_id, "status": status})

    def _show(self, request: Request, _: object) -> Response:
        job = self.jobs.read(request.path_parameters["job_id"], owner=request.caller)
        return Response(404, {}) if job is None else Response(200, {**job.as_response(), "results": job.results})

    def _speak(self, job: Job) -> list[dict[str, Any]]:
        self.spoken.append(job.settings["text"])
        if self.error is not None:
            raise self.error
        return [{"speech": job.settings["text"].upper()}]


def give_up(job_id: str, condition: str = "RetriesExhausted", error: str = "X") -> dict[str, Any]:
    """Have the job of a message marked that Lambda gave up."""
    body = {
        "requestContext": {"condition": condition},
        "requestPayload": {"job_id": job_id},
        "responsePayload": {"errorType": error},
    }
    event = {"Records": [{"messageId": "m", "body": json.dumps(body)}]}
    return mark_job_failed.handler(event, Context())


def _read(response: ProxyResponse) -> tuple[int, dict[str, Any]]:
    return response["statusCode"], json.loads(response["body"])
