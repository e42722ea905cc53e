"""The pages against served stacks whose models are scaled to zero: a request wakes them, and the page goes on."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from genai_templates import Hosting
from genai_templates.local import Emulator, ModelOptions
from scripts.pages.serving import served
from tests.browser.image_jobs import PROMPT, send_request
from tests.waiting import until

pytestmark = pytest.mark.browser

_TEXT = "The lighthouse on the cape was built in 1854, after a winter in which eleven ships were lost."
_ASLEEP = "The model is asleep. Your first request wakes it"
# Longer than a page waits between two looks at a model that is waking.
_BETWEEN_LOOKS = 16_000


@pytest.fixture(scope="module")
def stacks() -> Iterator[tuple[Emulator, dict[str, str]]]:
    """Both stacks, and the URLs of their pages."""
    with served(Hosting.SCALE_TO_ZERO) as running:
        yield running


@pytest.fixture
def open_asleep(stacks: tuple[Emulator, dict[str, str]], page: Page) -> Callable[[str], str]:
    """Open the page of an application whose model is asleep, and takes a moment to wake; return the page's URL."""

    def open_page(app: str) -> str:
        emulator, urls = stacks
        emulator.use_model(ModelOptions(idle_seconds=0.01))
        _wait_for("asleep", urls[app])
        emulator.use_model(ModelOptions(wake_seconds=1))
        page.clock.install()
        page.goto(urls[app])
        expect(page.locator("#readiness")).to_contain_text(_ASLEEP)
        return urls[app]

    return open_page


def _wait_for(state: str, url: str) -> None:
    def has_come() -> bool | None:
        with urllib.request.urlopen(f"{url}api/status") as response:
            return True if json.load(response)["state"] == state else None

    until(has_come)


def test_a_text_wakes_its_model_and_is_summarised_by_itself(open_asleep: Callable[[str], str], page: Page) -> None:
    url = open_asleep("text")
    page.get_by_label("Text to summarise").fill(_TEXT)
    page.get_by_role("button", name="Summarise", exact=True).click()
    expect(page.locator("#progress")).to_contain_text("starts by itself when the model is ready")
    expect(page.locator("#readiness")).to_contain_text("The model is waking")
    _wait_for("ready", url)
    page.clock.fast_forward(_BETWEEN_LOOKS)
    expect(page.locator("#output")).to_contain_text("lighthouse")
    expect(page.locator("#readiness")).to_be_hidden()
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_job_wakes_its_model_and_its_image_comes_by_itself(open_asleep: Callable[[str], str], page: Page) -> None:
    url = open_asleep("image")
    send_request(page)
    card = page.get_by_role("article", name=PROMPT)
    expect(card).to_contain_text("Waking the model")
    _wait_for("ready", url)
    page.clock.fast_forward(_BETWEEN_LOOKS)
    expect(card.get_by_role("img")).to_be_visible()
    expect(card).to_contain_text("with the model's waking")
