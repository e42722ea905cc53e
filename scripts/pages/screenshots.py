"""Renew the pictures of the pages in docs/screenshots: both pages, wide and phone, light and dark, in their states.

The pages are used as a person would, against the stacks as ``genai-templates serve`` runs them.
"""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from PIL import Image
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright

from genai_templates.local import Emulator
from genai_templates.local.protocol import ModelOptions

from .serving import chromium, served

OUTPUT = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
SIZES = {"wide": (1280, 1000), "phone": (390, 844)}
SCHEMES = ("light", "dark")
LATENCY = ModelOptions(latency_seconds=20)
WOKEN_MILLISECONDS = 200_000  # after the model was woken
TEXT = """The lighthouse on the northern cape was built in 1854, after a winter in which eleven ships were lost on the \
reef below it. Its first keeper kept a diary of wind, weather and passing sails, and those forty years of notes are \
still used by people who study how the coast has changed. The lamp burned oil until 1931, when a cable was laid from \
the village and the light became electric. Since 1989 nobody has lived there: the light is switched by a computer. \
Today the keeper's house is a museum, and on clear days visitors see as far as the islands."""
PROMPT = "A red fox on a hill above the sea at sunset"


def main() -> None:
    """Take all pictures."""
    OUTPUT.mkdir(parents=True, exist_ok=True)
    arguments = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
    with served() as (emulator, urls), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=arguments)
        for app, states in STATES.items():
            for state, prepare in states.items():
                for size in SIZES:
                    take(f"{app}-{state}-{size}", browser, size, urls[app], partial(prepare, emulator))
        browser.close()


def take(name: str, browser: Browser, size: str, url: str, prepare: Callable[[Page], None]) -> None:
    """Bring a new page into its state, and take a picture in each scheme."""
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce")
    page = context.new_page()
    page.goto(url)
    prepare(page)
    # In a window as high as the page, so that nothing that sticks to the window's edge covers anything.
    page.set_viewport_size({"width": width, "height": max(height, page.evaluate("document.body.scrollHeight"))})
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.evaluate("document.activeElement.blur()")
        picture = Image.open(io.BytesIO(page.screenshot(full_page=True, animations="disabled")))
        picture.save(OUTPUT / f"{name}-{scheme}.webp", quality=75, method=6)
    context.close()


def text_done(emulator: Emulator, page: Page) -> None:
    """A summary."""
    emulator.use_model(ModelOptions())
    page.get_by_label("Text to summarise").fill(TEXT)
    page.get_by_role("button", name="Summarise", exact=True).click()
    expect(page.get_by_text("Words before")).to_be_visible()


def text_running(emulator: Emulator, page: Page) -> None:
    """A summary on its way."""
    emulator.use_model(LATENCY)
    page.get_by_label("Text to summarise").fill(TEXT)
    page.get_by_role("button", name="Summarise", exact=True).click()
    expect(page.get_by_role("button", name="Cancel")).to_be_visible()
    page.wait_for_timeout(3000)  # for a picture that shows some time passed


def text_failed(emulator: Emulator, page: Page) -> None:
    """A model that failed."""
    emulator.use_model(ModelOptions(failure_rate=1))
    page.get_by_label("Text to summarise").fill(TEXT)
    page.get_by_role("button", name="Summarise", exact=True).click()
    expect(page.get_by_role("button", name="Retry")).to_be_visible()


def text_waking(_emulator: Emulator, page: Page) -> None:
    """A summary that wakes its model."""
    play_waking(page, ready=False)
    page.route("**/api/summarize", lambda route: route.fulfill(status=503, json={"error": {"code": "model_asleep"}}))
    page.get_by_label("Text to summarise").fill(TEXT)
    page.get_by_role("button", name="Summarise", exact=True).click()
    expect(page.get_by_role("progressbar", name="Waking")).to_be_visible()
    page.clock.fast_forward(WOKEN_MILLISECONDS)


def text_sign_in(_emulator: Emulator, page: Page) -> None:
    """A page that nobody has signed in to."""
    play_sign_in(page)
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()


def text_signed_in(emulator: Emulator, page: Page) -> None:
    """A summary of somebody who has signed in."""
    play_sign_in(page)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("anna@example.org")).to_be_visible()
    text_done(emulator, page)


def play_sign_in(page: Page) -> None:
    """Open the page anew as that of a stack whose users sign in, at a server that takes everybody."""
    users = f"{page.url}users"
    auth = {"kind": "cognito", "domain": users, "clientId": "page", "scopes": "openid email"}
    nonce = ""

    def come_back(route: Route) -> None:
        nonlocal nonce
        query = parse_qs(urlsplit(route.request.url).query)
        nonce = query["nonce"][0]
        back = f"{query['redirect_uri'][0]}?code=c&state={query['state'][0]}"
        route.fulfill(status=302, headers={"Location": back})

    def issue(route: Route) -> None:
        claims = {"sub": "anna", "aud": "page", "email": "anna@example.org", "nonce": nonce}
        payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
        route.fulfill(json={"access_token": "a", "id_token": f"e30.{payload}.", "expires_in": 3600})

    page.route("**/config.json", lambda route: route.fulfill(json={**route.fetch().json(), "auth": auth}))
    page.route(f"{users}/oauth2/authorize?*", come_back)
    page.route(f"{users}/oauth2/token", issue)
    page.reload()


def image_done(emulator: Emulator, page: Page) -> None:
    """Four images."""
    emulator.use_model(ModelOptions())
    request_images(page)
    expect(page.get_by_role("img", name=f"{PROMPT} (image 4 of 4)")).to_be_visible(timeout=60_000)


def image_running(emulator: Emulator, page: Page) -> None:
    """A job that the model is at work on."""
    emulator.use_model(LATENCY)
    request_images(page)
    expect(page.get_by_role("article", name=PROMPT)).to_contain_text("in the making", timeout=60_000)


def image_failed(emulator: Emulator, page: Page) -> None:
    """A job that failed after all its tries."""
    emulator.use_model(ModelOptions(failure_rate=1))
    request_images(page)
    expect(page.get_by_role("button", name="Retry")).to_be_visible(timeout=60_000)


def image_waking(_emulator: Emulator, page: Page) -> None:
    """A job that wakes its model."""
    play_waking(page, ready=True)
    page.route("**/api/generate", lambda route: route.fulfill(status=202, json={"job_id": "a", "status": "QUEUED"}))
    page.route("**/api/generate/a", lambda route: route.fulfill(json={"job_id": "a", "status": "QUEUED"}))
    request_images(page)
    expect(page.get_by_role("article", name=PROMPT)).to_contain_text("Waking the model")
    page.clock.fast_forward(WOKEN_MILLISECONDS)


def play_waking(page: Page, *, ready: bool) -> None:
    """Open the page anew with a model that is asleep, in a time that can be moved on."""
    status = {"ready": ready, "state": "asleep", "endpoint_status": "InService"}
    page.route("**/api/status", lambda route: route.fulfill(json=status))
    page.clock.install()
    page.reload()
    expect(page.locator("#readiness")).to_contain_text("asleep")
    status["state"] = "waking"


def request_images(page: Page) -> None:
    """Fill in the form for four images, and send it."""
    page.get_by_label("Describe your image").fill(PROMPT)
    page.get_by_role("radio", name="4", exact=True).check(force=True)
    page.get_by_role("button", name="Make it", exact=True).click()


STATES: dict[str, dict[str, Callable[[Emulator, Page], None]]] = {
    "text": {
        "running": text_running,
        "done": text_done,
        "failed": text_failed,
        "waking": text_waking,
        "sign-in": text_sign_in,
        "signed-in": text_signed_in,
    },
    "image": {"running": image_running, "done": image_done, "failed": image_failed, "waking": image_waking},
}


if __name__ == "__main__":
    main()
