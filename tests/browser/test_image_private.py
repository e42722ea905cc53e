"""The image page of people who sign in: private images, whose URLs end, and jobs that outlive a session."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.authorization_server import AuthorizationServer
from tests.browser.image_jobs import PROMPT, job_state, play, posted, send_request
from tests.browser.private_images import PrivateImages
from tests.browser.signing_in import expect_signed_in, sign_in
from tests.browser.site import PassTime, Publish, Site, pass_until

pytestmark = pytest.mark.browser


@pytest.fixture
def site(publish: Publish, private_images: PrivateImages) -> Site:
    """The image page, whose images are in a bucket on another origin."""
    published = publish("image")
    published.image_origin = private_images.origin
    return published


@pytest.fixture
def server(site: Site, require_sign_in: Callable[[Site], AuthorizationServer]) -> AuthorizationServer:
    """What the page's users sign in at."""
    return require_sign_in(site)


def test_private_images_are_shown_and_downloaded_by_urls_that_are_new(
    site: Site, server: AuthorizationServer, page: Page, private_images: PrivateImages
) -> None:
    play(site, private_images.done(images=2))
    page.goto(site.url)
    sign_in(page)
    send_request(page)
    images = page.get_by_role("article").get_by_role("img")
    expect(images).to_have_count(2)
    private_images.end_urls()
    site.on("GET /generate/ab", private_images.done(images=2))
    with page.expect_download() as downloading:
        page.get_by_role("link", name="Download image 2").click()
    assert downloading.value.suggested_filename == "image-2.jpg"
    assert page.url == site.url
    private_images.end_urls()
    site.on("GET /generate/ab", private_images.done(images=2))
    images.first.click()
    large = page.get_by_role("dialog").get_by_role("img")
    expect(large).to_be_visible()
    page.wait_for_function("() => document.querySelector('dialog img').naturalWidth > 0")


def test_images_of_earlier_jobs_come_with_new_urls_and_each_job_is_requested_once(
    site: Site, server: AuthorizationServer, page: Page, private_images: PrivateImages
) -> None:
    play(site, private_images.done(images=2))
    page.goto(site.url)
    sign_in(page)
    send_request(page)
    expect(page.get_by_role("article").get_by_role("img")).to_have_count(2)
    private_images.end_urls()
    site.on("GET /generate/ab", private_images.done(images=2))
    site.requests.clear()
    page.reload()
    page.wait_for_function(
        "() => { const all = [...document.querySelectorAll('#jobs img, #history-list img')];"
        " return all.length === 3 && all.every((one) => one.naturalWidth > 0); }"
    )
    assert [path for _, path, _ in site.requests] == ["/generate/ab"]


def test_images_that_are_gone_are_not_requested_again_and_again(
    site: Site, server: AuthorizationServer, page: Page, private_images: PrivateImages
) -> None:
    play(site, private_images.done())
    page.goto(site.url)
    sign_in(page)
    send_request(page)
    expect(page.get_by_role("article").get_by_role("img")).to_have_count(1)
    private_images.end_urls()
    site.requests.clear()
    page.reload()
    expect(page.get_by_role("article")).to_contain_text("This image cannot be loaded.")
    expect(page.locator("#history-list .frame")).to_have_text("Gone")
    assert [path for _, path, _ in site.requests] == ["/generate/ab"]


def test_a_job_goes_on_when_the_session_ends_and_somebody_signs_in_again(
    site: Site, server: AuthorizationServer, page: Page, private_images: PrivateImages, pass_time: PassTime
) -> None:
    play(site, job_state("RUNNING"))
    page.goto(site.url)
    sign_in(page)
    send_request(page)
    card = page.get_by_role("article", name=PROMPT)
    expect(card).to_be_visible()
    pass_until(lambda: "in the making" in card.inner_text(), pass_time, milliseconds=1000)
    server.expire_tokens()
    pass_until(lambda: server.grants[-1] == "refresh_token", pass_time, milliseconds=1000)
    expect(page.locator("#access")).to_be_hidden()
    server.expire_tokens()
    server.renews = False
    pass_until(lambda: page.locator("#access").is_visible(), pass_time, milliseconds=1000)
    expect(card).to_contain_text("Your session has ended. The job continues")
    send_request(page, "A large blue boat on a lake")
    expect(page.get_by_role("article", name="A large blue boat")).to_contain_text("It is kept, and sent by itself")
    page.get_by_label("Describe your image").fill("A draft of something")
    site.on("GET /generate/ab", private_images.done())
    page.get_by_role("button", name="Sign in").click()
    expect_signed_in(page)
    expect(page.get_by_label("Describe your image")).to_have_value("A draft of something")
    pass_until(lambda: page.get_by_role("article").get_by_role("img").count() == 2, pass_time, milliseconds=1000)
    assert len(posted(site)) == 2


def test_a_sign_out_leaves_no_job_behind(
    site: Site, server: AuthorizationServer, page: Page, private_images: PrivateImages
) -> None:
    play(site, job_state("RUNNING"))
    page.goto(site.url)
    sign_in(page)
    send_request(page)
    expect(page.get_by_role("article")).to_contain_text("in the making")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="You have signed out")).to_be_visible()
    assert PROMPT not in page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    sign_in(page)
    expect(page.get_by_role("article")).to_have_count(0)
    expect(page.get_by_label("Describe your image")).to_have_value("")
