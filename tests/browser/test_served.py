"""The pages against the stacks as they are served on this machine: page, distribution, API, functions and model."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from genai_templates.local import Emulator
from genai_templates.local.protocol import ModelOptions
from scripts.pages.serving import served
from tests.browser.image_jobs import PROMPT, send_request

pytestmark = pytest.mark.browser

_TEXT = """The lighthouse on the cape was built in 1854, after a winter in which eleven ships were lost. Its keeper
wrote a diary for forty years. Since 1989 nobody has lived there: the light is switched by a computer."""
# Long enough for the retries of Lambda, which the emulator shortens, and for a busy machine.
_MILLISECONDS = 60_000


@pytest.fixture(scope="module")
def stacks() -> Iterator[tuple[Emulator, dict[str, str]]]:
    """Both stacks, and the URLs of their pages."""
    with served() as running:
        yield running


@pytest.fixture
def emulator(stacks: tuple[Emulator, dict[str, str]]) -> Iterator[Emulator]:
    """The emulated AWS, its model as it should be again afterwards."""
    yield stacks[0]
    stacks[0].use_model(ModelOptions())


@pytest.fixture
def urls(stacks: tuple[Emulator, dict[str, str]]) -> dict[str, str]:
    """The pages' URLs by application."""
    return stacks[1]


def _summarise(page: Page, url: str) -> None:
    page.goto(url)
    page.get_by_label("Text to summarise").fill(_TEXT)
    page.get_by_role("button", name="Summarise", exact=True).click()


def _has_loaded(image: Locator) -> bool:
    """Whether an image is there and decoded."""
    expect(image).to_be_visible(timeout=_MILLISECONDS)
    return bool(image.evaluate("async (one) => { await one.decode(); return one.naturalWidth > 0; }"))


def test_a_text_is_summarised_and_another_is_written(emulator: Emulator, urls: dict[str, str], page: Page) -> None:
    _summarise(page, urls["text"])
    expect(page.locator("#output")).to_contain_text("lighthouse")
    expect(page.get_by_text("Words before")).to_be_visible()
    expect(page.locator("#result")).to_contain_text("stand-in")
    page.get_by_role("radio", name="Generate").check(force=True)
    page.get_by_label("Prompt").fill("Write about a lighthouse on a northern cape.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".entry")).to_have_count(2)


def test_a_text_is_kept_until_the_model_works_again(emulator: Emulator, urls: dict[str, str], page: Page) -> None:
    emulator.use_model(ModelOptions(failure_rate=1))
    _summarise(page, urls["text"])
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("The model could not answer", timeout=_MILLISECONDS)
    expect(alert.get_by_role("button", name="Copy id")).to_be_visible()
    expect(page.get_by_label("Text to summarise")).to_have_value(_TEXT)
    emulator.use_model(ModelOptions())
    page.get_by_role("button", name="Retry").click()
    expect(page.locator("#output")).to_contain_text("lighthouse", timeout=_MILLISECONDS)


def test_a_text_waits_for_its_model(emulator: Emulator, urls: dict[str, str], page: Page) -> None:
    emulator.use_model(ModelOptions(not_ready_seconds=3600))
    _summarise(page, urls["text"])
    expect(page.locator("#progress")).to_contain_text("starts by itself", timeout=_MILLISECONDS)
    emulator.use_model(ModelOptions())
    expect(page.locator("#output")).to_contain_text("lighthouse", timeout=_MILLISECONDS)


def test_images_are_made_and_can_be_downloaded(emulator: Emulator, urls: dict[str, str], page: Page) -> None:
    page.goto(urls["image"])
    page.get_by_role("radio", name="2", exact=True).check(force=True)
    send_request(page)
    card = page.get_by_role("article", name=PROMPT)
    for number in (1, 2):
        assert _has_loaded(card.get_by_role("img", name=f"(image {number} of 2)"))
    with page.expect_download() as download:
        card.get_by_role("link", name="Download").first.click()
    assert download.value.path().read_bytes().startswith(b"\xff\xd8\xff")


def test_a_job_is_found_again_after_a_reload(emulator: Emulator, urls: dict[str, str], page: Page) -> None:
    emulator.use_model(ModelOptions(latency_seconds=6))
    page.goto(urls["image"])
    send_request(page)
    card = page.get_by_role("article", name=PROMPT)
    expect(card).to_contain_text("in the making", timeout=_MILLISECONDS)
    page.reload()
    assert _has_loaded(card.get_by_role("img"))


def test_a_failed_job_says_why_and_can_be_tried_again(emulator: Emulator, urls: dict[str, str], page: Page) -> None:
    emulator.use_model(ModelOptions(failure_rate=1))
    page.goto(urls["image"])
    send_request(page)
    card = page.get_by_role("article", name=PROMPT)
    expect(card).to_contain_text("could not be made", timeout=_MILLISECONDS)
    expect(card).to_contain_text("The model failed")
    emulator.use_model(ModelOptions())
    card.get_by_role("button", name="Retry").click()
    assert _has_loaded(page.get_by_role("article", name=PROMPT).get_by_role("img"))


def test_a_job_waits_for_its_model(emulator: Emulator, urls: dict[str, str], page: Page) -> None:
    emulator.use_model(ModelOptions(not_ready_seconds=3600))
    page.goto(urls["image"])
    expect(page.locator("#readiness")).to_be_visible(timeout=_MILLISECONDS)
    send_request(page)
    card = page.get_by_role("article", name=PROMPT)
    expect(card).to_contain_text("when the model is ready", timeout=_MILLISECONDS)
    emulator.use_model(ModelOptions())
    assert _has_loaded(card.get_by_role("img"))
