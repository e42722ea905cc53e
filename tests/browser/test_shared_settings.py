"""The settings dialog, which both pages share, in a real browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.site import PassTime, Publish, Site

pytestmark = pytest.mark.browser

_STORED = "() => JSON.parse(localStorage.getItem('genai:/:settings'))"


def _open(site: Site, page: Page) -> Locator:
    page.goto(site.url)
    expect(page.locator("#model")).to_have_text("a-model")
    page.get_by_role("button", name="Settings").click()
    dialog = page.get_by_role("dialog", name="Settings")
    expect(dialog).to_be_visible()
    return dialog


def _close_by_x(page: Page) -> None:
    page.get_by_role("button", name="Close settings").click()


def _close_by_cancel(page: Page) -> None:
    page.get_by_role("button", name="Cancel").click()


def _close_by_escape(page: Page) -> None:
    page.keyboard.press("Escape")


def _close_by_click_outside(page: Page) -> None:
    page.mouse.click(5, 5)


@pytest.mark.parametrize("close", [_close_by_x, _close_by_cancel, _close_by_escape, _close_by_click_outside])
def test_the_dialog_closes_without_saving_and_the_focus_returns(
    publish: Publish, page: Page, close: Callable[[Page], None]
) -> None:
    dialog = _open(publish("text"), page)
    expect(dialog.get_by_label("API URL")).to_be_focused()
    dialog.get_by_label("Retries").fill("5")
    close(page)
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("button", name="Settings")).to_be_focused()
    assert page.evaluate(_STORED) is None
    page.keyboard.press("Enter")
    expect(dialog.get_by_label("Retries")).to_have_value("3")


def test_a_selection_that_ends_outside_does_not_close_the_dialog(publish: Publish, page: Page) -> None:
    dialog = _open(publish("text"), page)
    field = dialog.get_by_label("API URL").bounding_box()
    assert field
    page.mouse.move(field["x"] + 30, field["y"] + 10)
    page.mouse.down()
    page.mouse.move(5, 5)
    page.mouse.up()
    expect(dialog).to_be_visible()


def test_the_focus_stays_in_the_dialog(publish: Publish, page: Page) -> None:
    dialog = _open(publish("text"), page)
    for _ in range(12):
        page.keyboard.press("Tab")
        assert page.evaluate(
            "() => document.activeElement === document.body || !!document.activeElement.closest('dialog')"
        )
    expect(dialog).to_be_visible()


def test_what_is_wrong_is_said_beside_its_field(publish: Publish, page: Page) -> None:
    dialog = _open(publish("text"), page)
    dialog.get_by_label("Time-out").fill("4")
    dialog.get_by_label("Retries").fill("1.5")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.locator("#settings-timeoutSeconds-error")).to_have_text(
        "Enter a whole number of seconds from 5 to 300."
    )
    expect(dialog.locator("#settings-retries-error")).to_have_text("Enter a whole number of retries from 0 to 5.")
    expect(dialog.get_by_label("Time-out")).to_be_focused()
    expect(dialog.get_by_label("Retries")).to_have_attribute("aria-invalid", "true")
    for address in ("", "ftp://x", "http://[", "https://a:b@example.com", "https://example.com/?x"):
        dialog.get_by_label("API URL").fill(address)
        dialog.get_by_role("button", name="Save").click()
        expect(dialog.get_by_label("API URL")).to_be_focused()
        expect(dialog.locator("#settings-apiUrl-error")).not_to_be_empty()
    assert page.evaluate(_STORED) is None


def test_settings_hold_now_and_after_a_reload_until_they_are_reset(publish: Publish, page: Page) -> None:
    site = publish("text")
    site.on("GET /v2/status", (200, {}, {"ready": True, "endpoint_status": "InService"}))
    site.on("POST /v2/summarize", (200, {}, {"summary": "From there."}))
    dialog = _open(site, page)
    dialog.get_by_label("API URL").fill("api/v2/")
    dialog.get_by_label("Time-out").fill("20")
    dialog.get_by_role("radio", name="Dark").check(force=True)
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()
    assert page.evaluate(_STORED) == {"apiUrl": "api/v2/", "timeoutSeconds": 20, "theme": "dark"}
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.get_by_label("Text to summarise").fill("A text that is long enough")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#output")).to_have_text("From there.")
    page.get_by_role("button", name="Settings").click()
    dialog.get_by_role("button", name="Reset to defaults").click()
    expect(dialog.get_by_label("API URL")).to_have_value("api")
    expect(dialog.get_by_role("radio", name="Same as system")).to_be_checked()
    expect(page.locator("html")).not_to_have_attribute("data-theme", "dark")
    assert page.evaluate(_STORED) is None


def test_a_chosen_theme_is_there_before_anything_is_drawn(publish: Publish, page: Page) -> None:
    site = publish("text")
    page.goto(site.url)
    page.evaluate("localStorage.setItem('genai:/:settings', '{\"theme\": \"dark\"}')")
    page.route("**/app.js", lambda route: route.fulfill(content_type="text/javascript", body=""))
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(18, 17, 28)"


def test_settings_that_cannot_be_kept_hold_for_the_visit(publish: Publish, page: Page, context: BrowserContext) -> None:
    context.add_init_script(
        "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };"
    )
    dialog = _open(publish("text"), page)
    dialog.get_by_role("radio", name="Dark").check(force=True)
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("status")).to_contain_text("hold until you leave this page")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_the_time_out_of_the_settings_is_the_one_that_counts(publish: Publish, page: Page, pass_time: PassTime) -> None:
    site = publish("text")
    site.hold("POST /summarize")
    dialog = _open(site, page)
    dialog.get_by_label("Time-out").fill("5")
    dialog.get_by_role("button", name="Save").click()
    page.get_by_label("Text to summarise").fill("A text that is long enough")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#progress")).to_contain_text("The model is reading")
    pass_time(5000)
    expect(page.get_by_role("alert")).to_contain_text("No response in time")
