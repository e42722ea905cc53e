"""The text page in a real browser: files that are chosen, dropped or pasted, and the earlier results."""

from __future__ import annotations

import base64

import pytest
from playwright.sync_api import BrowserContext, FilePayload, Page, expect

from tests.browser.site import Publish, Site

pytestmark = pytest.mark.browser

TEXT = "The library opened in 1911 in a former corn exchange."
# A drop as the browser makes it, of files that only exist in the page.
_DROP = """([selector, type, files]) => {
  const data = new DataTransfer();
  for (const [name, kind, bytes] of files) {
    data.items.add(new File([Uint8Array.from(atob(bytes), (one) => one.charCodeAt())], name, { type: kind }));
  }
  const event = type === "paste" ? new ClipboardEvent(type, { clipboardData: data, bubbles: true, cancelable: true })
    : new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true });
  document.querySelector(selector).dispatchEvent(event);
  return event.defaultPrevented;
}"""


def _give(page: Page, kind: str, *files: tuple[str, str, bytes], at: str = "#text") -> bool:
    encoded = [[name, mime, base64.b64encode(content).decode()] for name, mime, content in files]
    return bool(page.evaluate(_DROP, [at, kind, encoded]))


def _file(name: str, content: bytes, mime: str = "text/plain") -> FilePayload:
    return {"name": name, "mimeType": mime, "buffer": content}


def test_a_chosen_file_becomes_the_text_and_can_be_undone(publish: Publish, page: Page) -> None:
    site = publish("text")
    site.on("POST /summarize", (200, {}, {"summary": "Short."}))
    page.goto(site.url)
    field = page.get_by_label("Text to summarise")
    field.fill("What was there")
    for _ in range(2):  # the same file twice is a choice too
        with page.expect_file_chooser() as chooser:
            page.get_by_role("button", name="Open a text file").click()
        chooser.value.set_files(_file("notes.txt", b"\xef\xbb\xbfna\xc3\xafve\r\ntext"))
        expect(field).to_have_value("naïve\ntext")
        expect(field).to_be_focused()
        expect(page.locator("#file-note")).to_have_text("“notes.txt”, 2 words")
        page.get_by_role("button", name="Undo").click()
        expect(field).to_have_value("What was there")
    expect(page.get_by_role("button", name="Undo")).to_have_count(0)


@pytest.mark.parametrize("kind", ["drop", "paste"])
def test_a_file_can_be_dropped_or_pasted(publish: Publish, page: Page, kind: str) -> None:
    page.goto(publish("text").url)
    assert _give(page, kind, ("notes.md", "", TEXT.encode()))
    expect(page.get_by_label("Text to summarise")).to_have_value(TEXT)


def test_the_form_shows_that_a_file_may_be_dropped_there(publish: Publish, page: Page) -> None:
    page.goto(publish("text").url)
    expect(page.locator("#model")).to_have_text("a-model")
    _give(page, "dragover", ("notes.md", "", b"x"))
    expect(page.locator("#request")).to_contain_class("dropping")
    _give(page, "dragleave", ("notes.md", "", b"x"))
    expect(page.locator("#request")).not_to_contain_class("dropping")


def test_a_file_that_misses_the_form_does_not_replace_the_page(publish: Publish, page: Page) -> None:
    page.goto(publish("text").url)
    expect(page.locator("#model")).to_have_text("a-model")
    assert _give(page, "drop", ("notes.md", "", TEXT.encode()), at="footer")
    expect(page.get_by_label("Text to summarise")).to_have_value("")


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ([("photo.jpg", "image/jpeg", b"\xff\xd8")], "“photo.jpg” is not a text file."),
        ([("data", "", b"x")], "“data” is not a text file."),
        ([("notes.txt", "text/plain", b"caf\xe9")], "“notes.txt” is not encoded in UTF-8."),
        ([("notes.txt", "text/plain", b"a\0b")], "“notes.txt” is not a text file."),
        ([("notes.txt", "text/plain", b"")], "“notes.txt” is empty."),
        ([("notes.txt", "text/plain", b"x" * 1_000_001)], "“notes.txt” is larger than 1 MB."),
        ([("a.txt", "text/plain", b"a"), ("b.txt", "text/plain", b"b")], "One file at a time, please."),
    ],
)
def test_a_file_that_cannot_be_taken_says_why_and_keeps_the_text(
    publish: Publish, page: Page, files: list[tuple[str, str, bytes]], message: str
) -> None:
    page.goto(publish("text").url)
    page.get_by_label("Text to summarise").fill(TEXT)
    _give(page, "drop", *files)
    expect(page.locator("#text-error")).to_contain_text(message)
    expect(page.get_by_label("Text to summarise")).to_have_value(TEXT)


def _make_results(site: Site, page: Page, *outputs: str) -> None:
    site.on("POST /summarize", *((200, {}, {"summary": output}) for output in outputs))
    page.goto(site.url)
    for number, output in enumerate(outputs):
        page.get_by_label("Text to summarise").fill(f"{TEXT} {number}")
        page.get_by_role("button", name="Summarise").click()
        expect(page.locator("#output")).to_have_text(output)


def test_earlier_results_survive_a_reload_and_open_again(publish: Publish, page: Page) -> None:
    site = publish("text")
    _make_results(site, page, "<i>One</i>", "Two")
    page.reload()
    entries = page.locator(".entry")
    expect(entries).to_have_count(2)
    expect(entries.nth(0)).to_contain_text("Two")
    entries.nth(1).click()
    expect(page.locator("#output")).to_have_text("<i>One</i>")
    expect(page.get_by_role("heading", name="Summary")).to_be_focused()
    expect(entries.nth(1)).to_have_attribute("aria-current", "true")
    page.get_by_role("button", name="Edit").click()
    expect(page.get_by_label("Text to summarise")).to_have_value(f"{TEXT} 0")
    assert len(site.requests) == 2


def test_one_result_or_all_can_be_removed_and_brought_back(publish: Publish, page: Page) -> None:
    _make_results(publish("text"), page, "One", "Two", "Three")
    entries = page.locator(".entry")
    page.get_by_role("button", name="Remove: Two").click()
    expect(entries).to_have_count(2)
    expect(page.get_by_role("button", name="Undo")).to_be_focused()
    page.keyboard.press("Enter")
    expect(entries).to_have_count(3)
    expect(entries.nth(1)).to_contain_text("Two")
    page.get_by_role("button", name="Clear all").click()
    expect(entries).to_have_count(0)
    expect(page.locator("#history-note")).to_have_text("3 results were removed from this browser.")
    page.get_by_role("button", name="Undo").click()
    expect(entries).to_have_count(3)
    page.get_by_role("button", name="Clear all").click()
    page.reload()
    expect(page.locator("#history")).to_be_hidden()


def test_broken_storage_does_not_break_the_page(publish: Publish, page: Page) -> None:
    site = publish("text")
    page.goto(site.url)
    for value in ("{", '"x"', '[1, null, {"id": "a"}, {"id": "b", "mode": "toString", "output": ""}]'):
        page.evaluate("value => localStorage.setItem('genai:/:results', value)", value)
        page.evaluate("value => localStorage.setItem('genai:/:settings', value)", value)
        page.reload()
        expect(page.locator("#model")).to_have_text("a-model")
        expect(page.locator(".entry")).to_have_count(0)
    _make_results(site, page, "One")
    expect(page.locator(".entry")).to_have_count(1)


def test_forbidden_storage_does_not_break_the_page(publish: Publish, page: Page, context: BrowserContext) -> None:
    context.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } })"
    )
    site = publish("text")
    _make_results(site, page, "One", "Two")
    expect(page.locator(".entry")).to_have_count(2)
    expect(page.locator("#history-note")).to_contain_text("This browser stores nothing")
    page.locator(".entry").nth(1).click()
    expect(page.locator("#output")).to_have_text("One")
