"""What the image page's tests share: states of jobs as the API returns them, and the page with one of them."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.browser.site import PassTime, Response, Site

PROMPT = "A small red house by the sea"
ACCEPTED: Response = (202, {}, {"job_id": "ab", "status": "QUEUED", "status_url": "generate/ab"})


def job_state(status: str, *, job: str = "ab", images: int = 1, seed: int = 5, **more: Any) -> Response:
    """Return the API's response for a job in this state."""
    body = {
        "job_id": job,
        "status": status,
        "prompt": PROMPT,
        "seed": seed,
        "images": [_image(job, number) for number in range(images)] if status == "SUCCEEDED" else [],
        "created_at": "2026-11-23T10:00:00.000+00:00",
    }
    if status != "QUEUED":
        body["started_at"] = "2026-11-23T10:00:00.300+00:00"
    if status in ("SUCCEEDED", "FAILED"):
        body["finished_at"] = "2026-11-23T10:00:09.900+00:00"
    return 200, {}, body | more


def _image(job: str, number: int) -> dict[str, object]:
    name = f"/generated_images/{job}/{number}"
    return {"url": f"{name}.jpg", "thumbnail_url": f"{name}_thumbnail.jpg", "width": 512, "height": 512}


def failed(message: str = "The model failed, even when tried again.") -> Response:
    """Return the API's response for a job that failed."""
    return job_state("FAILED", error={"code": "retries_exhausted", "message": message})


def refusal(status: int, code: str, *, retry_after: int = 0, details: object = None) -> Response:
    """Return a response of the API that says what is wrong."""
    error: dict[str, object] = {"code": code, "message": "it is so", "request_id": "r-42"}
    if details:
        error["details"] = details
    return status, {"Retry-After": str(retry_after)} if retry_after else {}, {"error": error}


def play(site: Site, *states: Response) -> None:
    """Let the API accept a job, and return these at each check."""
    site.on("POST /generate", ACCEPTED)
    site.on("GET /generate/ab", *states)


def send_request(page: Page, prompt: str = PROMPT) -> None:
    """Fill in the prompt and send it."""
    page.get_by_label("Describe your image").fill(prompt)
    page.get_by_role("button", name="Make it").click()


def have_looked(page: Page, pass_time: PassTime) -> None:
    """Let the page look for the first time at the job that it has just sent."""
    expect(page.locator('.job[data-status="queued"]')).to_be_visible()
    pass_time(1000)


def open_done(site: Site, page: Page, *, images: int = 1, pass_time: PassTime | None = None) -> Locator:
    """Open the page and see a job through; returns its card."""
    play(site, job_state("SUCCEEDED", images=images))
    page.goto(site.url)
    page.get_by_role("radio", name=str(images), exact=True).check(force=True)
    send_request(page)
    if pass_time:
        have_looked(page, pass_time)
    card = page.locator('.job[data-status="succeeded"]')
    card.wait_for()
    return card


def posted(site: Site) -> list[Any]:
    """Return the bodies of all requests for a job."""
    return [body for method, path, body in site.requests if (method, path) == ("POST", "/generate")]


def keys(site: Site) -> list[str]:
    """Return the idempotency keys of all requests for a job."""
    return [
        headers["Idempotency-Key"]
        for (method, _, _), headers in zip(site.requests, site.headers, strict=True)
        if method == "POST"
    ]
