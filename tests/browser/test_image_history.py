"""The image page in a real browser: what it keeps over a reload, and what a person can do with that."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.image_jobs import (
    ACCEPTED,
    PROMPT,
    have_looked,
    job_state,
    keys,
    open_done,
    play,
    posted,
    refusal,
    send_request,
)
from tests.browser.site import PassTime, Publish

pytestmark = pytest.mark.browser

_FORBIDDEN = "Object.defineProperty(window, 'localStorage', { get() { throw new Error('forbidden'); } });"
_FULL = "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };"


def test_a_running_job_is_taken_up_after_a_reload(publish: Publish, page: Page) -> None:
    site = publish("image")
    play(site, job_state("RUNNING"))
    page.goto(site.url)
    send_request(page)
    expect(page.get_by_role("article")).to_contain_text("in the making")
    page.reload()
    expect(page.get_by_role("article", name=PROMPT)).to_contain_text("in the making")
    site.on("GET /generate/ab", job_state("SUCCEEDED"))
    expect(page.get_by_role("article").get_by_role("img")).to_be_visible()
    assert len(posted(site)) == 1


def test_a_job_whose_answer_was_lost_is_sent_again_with_its_key(publish: Publish, page: Page) -> None:
    site = publish("image")
    play(site, job_state("SUCCEEDED"))
    release = site.hold("POST /generate")
    page.goto(site.url)
    with page.expect_request("**/generate"):
        send_request(page)
    with page.expect_request("**/generate"):
        page.reload()
    release()
    expect(page.get_by_role("article").get_by_role("img")).to_be_visible()
    expect(page.get_by_role("article")).to_have_count(1)
    first, second = keys(site)
    assert first == second
    assert posted(site)[0] == posted(site)[1]


def test_a_refused_job_waits_for_the_person_after_a_reload(publish: Publish, page: Page) -> None:
    site = publish("image")
    play(site, job_state("SUCCEEDED"))
    site.on("POST /generate", refusal(502, "model_failed"), ACCEPTED)
    page.goto(site.url)
    send_request(page)
    expect(page.get_by_role("alert")).to_be_visible()
    page.reload()
    expect(page.get_by_role("alert")).to_contain_text("The model could not answer")
    expect(page.get_by_role("alert")).to_contain_text("r-42")
    assert len(posted(site)) == 1
    page.get_by_role("button", name="Retry").click()
    expect(page.get_by_role("article").get_by_role("img")).to_be_visible()


def test_a_job_that_is_not_watched_goes_on_unseen_until_it_is_watched_again(
    publish: Publish, page: Page, pass_time: PassTime
) -> None:
    site = publish("image")
    play(site, job_state("RUNNING"))
    page.goto(site.url)
    send_request(page)
    have_looked(page, pass_time)
    expect(page.get_by_role("article")).to_contain_text("in the making")
    page.get_by_role("button", name="Stop watching").click()
    expect(page.get_by_role("article").get_by_role("heading")).to_be_focused()
    expect(page.get_by_role("article")).to_contain_text("Not watched. The job continues")
    looks = len(site.requests)
    pass_time(60_000)
    page.reload()
    expect(page.get_by_role("button", name="Watch again")).to_be_visible()
    pass_time(60_000)
    assert len(site.requests) == looks
    site.on("GET /generate/ab", job_state("SUCCEEDED"))
    page.get_by_role("button", name="Watch again").click()
    expect(page.get_by_role("article").get_by_role("img")).to_be_visible()


def test_earlier_jobs_can_be_opened_again(publish: Publish, page: Page) -> None:
    site = publish("image")
    card = open_done(site, page, images=2)
    card.get_by_role("button", name="Close").click()
    expect(page.get_by_role("article")).to_have_count(0)
    expect(page.get_by_text("Your images appear here.")).to_be_visible()
    page.reload()
    entry = page.locator("#history-list .entry")
    expect(entry).to_contain_text("2 images")
    expect(entry).not_to_have_attribute("aria-current", "true")
    entry.click()
    expect(page.get_by_role("article").get_by_role("heading")).to_be_focused()
    expect(page.get_by_role("article").get_by_role("img")).to_have_count(2)
    expect(entry).to_have_attribute("aria-current", "true")


def test_earlier_jobs_can_be_removed_and_brought_back(publish: Publish, page: Page) -> None:
    site = publish("image")
    open_done(site, page)
    send_request(page, "A large blue boat on a lake")
    entries = page.locator("#history-list .entry")
    expect(entries).to_have_count(2)
    page.get_by_role("button", name="Remove: A large blue boat").click()
    expect(entries).to_have_count(1)
    expect(page.get_by_role("article")).to_have_count(1)
    expect(page.locator("#history-note")).to_have_text("1 job was removed from this browser.")
    expect(page.get_by_role("button", name="Undo")).to_be_focused()
    page.keyboard.press("Enter")
    expect(entries).to_have_count(2)
    expect(entries.first).to_contain_text("A large blue boat")
    page.get_by_role("button", name="Clear all").click()
    expect(entries).to_have_count(0)
    page.reload()
    expect(page.get_by_text("Your images appear here.")).to_be_visible()
    expect(page.get_by_role("heading", name="Earlier jobs")).to_be_hidden()


def test_another_tab_sees_the_same_jobs(publish: Publish, page: Page, context: BrowserContext) -> None:
    site = publish("image")
    open_done(site, page)
    other = context.new_page()
    other.goto(site.url)
    expect(other.get_by_role("article").get_by_role("img")).to_be_visible()
    other.get_by_role("button", name="Clear all").click()
    expect(page.get_by_role("article")).to_have_count(0)
    expect(page.locator("#history-list .entry")).to_have_count(0)


@pytest.mark.parametrize("script", [_FORBIDDEN, _FULL])
def test_a_browser_that_keeps_nothing_still_makes_images(publish: Publish, page: Page, script: str) -> None:
    page.add_init_script(script)
    open_done(publish("image"), page)
    expect(page.get_by_role("article").get_by_role("img")).to_be_visible()
    expect(page.locator("#history-note")).to_contain_text("This browser stores nothing")


@pytest.mark.parametrize(
    "stored",
    [
        "not JSON",
        '"jobs"',
        '[null, 7, {"id": "x"}, {"id": "y", "status": "RUNNING", "jobId": "../status"}]',
        '[{"id": "z", "status": "SUCCEEDED", "settings": {"prompt": "<img src=x onerror=alert(1)>"}, "images": [{}]}]',
    ],
)
def test_what_is_no_job_in_the_storage_is_passed_over(publish: Publish, page: Page, stored: str) -> None:
    site = publish("image")
    page.goto(site.url)
    page.evaluate("(kept) => localStorage.setItem('genai:/:jobs', kept)", stored)
    page.reload()
    expect(page.get_by_text("Your images appear here.")).to_be_visible()
    play(site, job_state("SUCCEEDED"))
    send_request(page)
    expect(page.get_by_role("article").get_by_role("img")).to_be_visible()
