"""The text page in a real browser: what a person does when all goes well."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.site import PassTime, Publish, Response, Site

pytestmark = pytest.mark.browser

TEXT = "The library opened in 1911 in a former corn exchange, <script>alert(1)</script> and  all."
SUMMARY: Response = (200, {}, {"summary": "<b>Opened</b> in 1911.", "parts": 1})


def _open(publish: Publish, page: Page) -> Site:
    site = publish("text")
    site.on("POST /summarize", SUMMARY)
    site.on("POST /generate", (200, {}, {"generated_text": "Welcome to the club."}))
    page.goto(site.url)
    return site


def _summarise(page: Page, text: str = TEXT) -> None:
    page.get_by_label("Text to summarise").fill(text)
    page.get_by_role("button", name="Summarise").click()


def test_a_text_is_summarised_and_shown_as_text(publish: Publish, page: Page) -> None:
    site = _open(publish, page)
    _summarise(page)
    expect(page.locator("#output")).to_have_text("<b>Opened</b> in 1911.")
    expect(page.get_by_role("heading", name="Summary")).to_be_focused()
    assert site.requests == [("POST", "/summarize", {"text": TEXT, "max_new_tokens": 200, "temperature": 0.7})]
    facts = page.locator("#facts")
    expect(facts).to_contain_text("Words before16")
    expect(facts).to_contain_text("Words after5 (69% shorter)")
    expect(facts).to_contain_text("Time taken0.")
    page.get_by_text("What was sent").click()
    expect(page.locator("#input")).to_have_text(TEXT)


def test_a_prompt_is_sent_as_typed(publish: Publish, page: Page) -> None:
    site = _open(publish, page)
    page.get_by_role("radio", name="Generate").check()
    page.get_by_label("Prompt").fill("  Write & <b>welcome</b>\n\nall ")
    page.get_by_label("Length").fill("304")
    page.get_by_label("Creativity").fill("1.2")
    expect(page.locator("#tokens-value")).to_have_text("304 tokens")
    expect(page.get_by_label("Length")).to_have_attribute("aria-valuetext", "304 tokens, about 230 words")
    expect(page.get_by_label("Creativity")).to_have_attribute("aria-valuetext", "1.2, inventive")
    page.get_by_role("button", name="Generate").click()
    expect(page.locator("#output")).to_have_text("Welcome to the club.")
    body = {"prompt": "  Write & <b>welcome</b>\n\nall ", "max_new_tokens": 304, "temperature": 1.2}
    assert site.requests == [("POST", "/generate", body)]


def test_the_result_can_be_copied(publish: Publish, page: Page, context: BrowserContext) -> None:
    site = _open(publish, page)
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site.origin)
    _summarise(page)
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "<b>Opened</b> in 1911."
    expect(page.get_by_role("button", name="Copy", exact=True)).to_be_visible()


def test_a_forbidden_clipboard_is_said_to_be_so(publish: Publish, page: Page) -> None:
    _open(publish, page)
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('forbidden')); }")
    _summarise(page)
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Select it to copy")).to_be_visible()


def test_the_keyboard_alone_is_enough(publish: Publish, page: Page) -> None:
    site = _open(publish, page)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the form")).to_be_focused()
    for _ in range(2):
        page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    page.keyboard.type("And so")
    for _ in range(2):
        page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    page.keyboard.press("End")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="Text", exact=True)).to_be_focused()
    assert site.requests == [("POST", "/generate", {"prompt": "And so", "max_new_tokens": 208, "temperature": 2})]
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Copy")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Prompt")).to_be_focused()


def test_the_skip_link_leads_into_the_form(publish: Publish, page: Page) -> None:
    _open(publish, page)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Text to summarise")).to_be_focused()


def test_while_a_request_runs_nothing_else_can_be_sent(publish: Publish, page: Page) -> None:
    site = _open(publish, page)
    _summarise(page)
    expect(page.locator("#output")).to_be_visible()
    release = site.hold("POST /summarize")
    page.get_by_role("button", name="Summarise").click()
    expect(page.get_by_role("button", name="Cancel")).to_be_focused()
    for control in ("#text", "#tokens", "#submit", "#clear-history", ".entry"):
        expect(page.locator(control)).to_be_disabled()
    expect(page.locator("#result")).to_have_attribute("aria-busy", "true")
    page.evaluate("for (let i = 0; i < 3; i += 1) document.getElementById('form').requestSubmit()")
    release()
    expect(page.locator("#output")).to_be_visible()
    expect(page.locator("#submit")).to_be_enabled()
    assert len(site.requests) == 2


def test_a_double_click_sends_once(publish: Publish, page: Page) -> None:
    site = _open(publish, page)
    page.get_by_label("Text to summarise").fill(TEXT)
    site.hold("POST /summarize")  # or the first response could come before the second click
    page.get_by_role("button", name="Summarise").dblclick()
    expect(page.locator("#progress")).to_be_visible()
    site.release()
    expect(page.locator("#output")).to_be_visible()
    assert len(site.requests) == 1


def test_a_request_can_be_cancelled_and_keeps_the_text(publish: Publish, page: Page) -> None:
    site = _open(publish, page)
    site.hold("POST /summarize")
    _summarise(page)
    expect(page.locator("#progress")).to_contain_text("The model is reading your text")
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_label("Text to summarise")).to_be_focused()
    expect(page.get_by_label("Text to summarise")).to_have_value(TEXT)
    expect(page.locator("#announcements")).to_contain_text("Cancelled")
    expect(page.locator("#problem")).to_be_hidden()
    site.release()
    page.get_by_role("button", name="Summarise").click()
    expect(page.locator("#output")).to_be_visible()


def test_the_counter_is_said_when_the_person_pauses(publish: Publish, page: Page, pass_time: PassTime) -> None:
    _open(publish, page)
    page.get_by_label("Text to summarise").press_sequentially("A text", delay=0)
    expect(page.locator("#count")).to_have_text("6 of 20,000 characters")
    expect(page.get_by_text("6 of 20,000 characters")).to_have_count(1)
    pass_time(1000)
    expect(page.locator("#announcements")).to_have_text("6 of 20,000 characters")


def test_a_page_below_a_path_finds_all_that_is_its_own(publish: Publish, page: Page) -> None:
    site = publish("text", below="/text")
    site.on("POST /summarize", SUMMARY)
    page.goto(site.url)
    expect(page.locator("#model")).to_have_text("a-model")
    _summarise(page)
    expect(page.locator("#output")).to_have_text("<b>Opened</b> in 1911.")


def test_limits_are_those_that_the_page_was_published_with(publish: Publish, page: Page) -> None:
    site = publish("text")
    site.limit(textMaxCharacters=40, maxNewTokens=64, defaultNewTokens=48)
    page.goto(site.url)
    expect(page.locator("#count")).to_have_text("0 of 40 characters")
    expect(page.get_by_label("Length")).to_have_attribute("aria-valuetext", "48 tokens, about 40 words")
    page.get_by_label("Length").press("End")
    expect(page.locator("#tokens-value")).to_have_text("64 tokens")
    _summarise(page)
    expect(page.locator("#text-error")).to_contain_text("too long: at most 40 can be sent.")


def test_a_page_without_configuration_still_works(publish: Publish, page: Page) -> None:
    site = publish("text")
    site.files["config.json"] = b"no JSON"
    site.on("POST /summarize", SUMMARY)
    page.goto(site.url)
    _summarise(page)
    expect(page.locator("#output")).to_be_visible()
