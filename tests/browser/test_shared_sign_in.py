"""Signing in and out, which both pages share, in a real browser, by an authorization server that checks everything."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.authorization_server import AuthorizationServer
from tests.browser.signing_in import ANNA, BEN, expect_signed_in, sign_in, stored
from tests.browser.site import PassTime, Publish, Site

pytestmark = pytest.mark.browser

RequireSignIn = Callable[[Site], AuthorizationServer]

_TEXT = "The library opened in 1911 in a former corn exchange."
_NO_STORAGE = "Object.defineProperty(window, 'sessionStorage', { get() { throw new Error('forbidden'); } });"


@pytest.fixture
def site(publish: Publish) -> Site:
    """The text page."""
    published = publish("text")
    published.on("POST /summarize", (200, {}, {"summary": "Opened in 1911.", "parts": 1}))
    return published


@pytest.fixture
def server(site: Site, require_sign_in: RequireSignIn) -> AuthorizationServer:
    """What the text page's users sign in at."""
    return require_sign_in(site)


def _summarise(page: Page, text: str = _TEXT) -> None:
    page.get_by_label("Text to summarise").fill(text)
    page.get_by_role("button", name="Summarise").click()


def test_whoever_signs_in_can_use_the_page(site: Site, server: AuthorizationServer, page: Page) -> None:
    page.goto(site.url)
    expect(page.get_by_role("heading", name="Sign in to use this")).to_be_visible()
    for hidden in ("#request", "#result", "#history", "#account", ".skip"):
        expect(page.locator(hidden)).to_be_hidden()
    assert site.status_requests == 0
    sign_in(page)
    assert page.url == site.url
    _summarise(page)
    expect(page.locator("#output")).to_have_text("Opened in 1911.")
    assert server.grants == ["authorization_code"]
    assert "eyJ" not in stored(page)


def test_a_reload_signs_in_again_by_itself_and_keeps_what_was_typed(
    site: Site, server: AuthorizationServer, page: Page
) -> None:
    page.goto(site.url)
    sign_in(page)
    page.get_by_label("Text to summarise").fill("A text that is not sent yet")
    page.reload()
    expect_signed_in(page)
    expect(page.get_by_label("Text to summarise")).to_have_value("A text that is not sent yet")
    expect(page.locator("#count")).to_contain_text("27 of")
    assert server.grants == ["authorization_code"] * 2


def test_the_form_is_not_drawn_before_it_is_known_who_comes(
    site: Site, server: AuthorizationServer, page: Page
) -> None:
    page.goto(site.url)
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    page.route("**/app.js", lambda route: route.fulfill(content_type="text/javascript", body=""))
    page.reload()
    expect(page.locator("#request")).to_be_hidden()
    expect(page.locator("#access")).to_be_visible()


def test_a_page_that_misses_its_configuration_does_not_open_without_a_sign_in(
    site: Site, server: AuthorizationServer, page: Page
) -> None:
    page.goto(site.url)
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    page.route("**/config.json", lambda route: route.fulfill(body="no JSON"))
    page.reload()
    expect(page.locator("#access")).to_contain_text("could not be loaded as a whole")
    expect(page.locator("#request")).to_be_hidden()


def test_the_browsers_way_back_from_the_sign_in_page_leads_to_the_button(
    site: Site, server: AuthorizationServer, page: Page
) -> None:
    page.goto(site.url)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_label("Email")).to_be_visible()
    page.go_back()
    sign_in(page)


def test_tokens_that_have_expired_are_renewed_with_one_that_rotates(
    site: Site, server: AuthorizationServer, page: Page
) -> None:
    page.goto(site.url)
    sign_in(page)
    for _ in range(2):
        server.expire_tokens()
        _summarise(page)
        expect(page.get_by_role("heading", name="Summary")).to_be_focused()
    assert server.grants == ["authorization_code", "refresh_token", "refresh_token"]
    expect(page.locator("#history-list .entry")).to_have_count(2)


def test_tokens_are_renewed_before_they_expire(
    site: Site, server: AuthorizationServer, page: Page, pass_time: PassTime
) -> None:
    page.goto(site.url)
    sign_in(page)
    pass_time(3_550_000)
    _summarise(page)
    expect(page.locator("#output")).to_be_visible()
    assert server.grants == ["authorization_code", "refresh_token"]
    assert [path for _, path, _ in site.requests].count("/summarize") == 1


def test_a_session_that_cannot_be_renewed_is_over_and_loses_nothing(
    site: Site, server: AuthorizationServer, page: Page
) -> None:
    page.goto(site.url)
    sign_in(page)
    server.expire_tokens()
    server.renews = False
    _summarise(page, "A text which nobody wants to type again")
    expect(page.get_by_role("alert")).to_contain_text("Your session has ended")
    expect(page.get_by_role("heading", name="Your session has ended").first).to_be_visible()
    expect(page.get_by_label("Text to summarise")).to_be_enabled()
    page.get_by_role("button", name="Sign in").click()
    expect_signed_in(page)  # the server knows the browser still
    expect(page.get_by_label("Text to summarise")).to_have_value("A text which nobody wants to type again")
    page.get_by_role("button", name="Summarise").click()
    expect(page.locator("#output")).to_be_visible()


def test_a_sign_out_ends_both_sessions_in_all_tabs_and_leaves_nothing(
    site: Site, server: AuthorizationServer, page: Page, context: BrowserContext
) -> None:
    page.goto(site.url)
    sign_in(page)
    _summarise(page)
    expect(page.locator("#history-list .entry")).to_have_count(1)
    other = context.new_page()
    other.goto(site.url)
    other.get_by_role("button", name="Sign in").click()
    expect_signed_in(other)
    other.get_by_label("Text to summarise").fill("A secret of Anna's")
    page.get_by_role("button", name="Sign out").click()
    for tab in (page, other):
        expect(tab.get_by_role("heading", name="You have signed out")).to_be_visible()
        kept = stored(tab)
        assert not [word for word in ("library", "Opened", "secret", "eyJ") if word in kept]
    assert server.sign_outs == 1
    assert len(server.revoked) == 1
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_label("Email")).to_be_visible()


def test_nobody_sees_what_another_user_of_the_browser_has_sent(
    site: Site, server: AuthorizationServer, page: Page, context: BrowserContext
) -> None:
    page.goto(site.url)
    sign_in(page)
    _summarise(page, f"{_TEXT} Anna's")
    expect(page.locator("#history-list .entry")).to_have_count(1)
    context.clear_cookies()  # as when Anna only closes the tab, and the server's session ends with time
    page.reload()
    page.get_by_label("Email").fill(BEN)
    page.get_by_role("button", name="Continue").click()
    expect_signed_in(page, BEN)
    expect(page.locator("#history")).to_be_hidden()
    expect(page.get_by_label("Text to summarise")).to_have_value("")
    _summarise(page, f"{_TEXT} Ben's")
    expect(page.locator("#history-list .entry")).to_have_count(1)
    page.get_by_role("button", name="Sign out").click()
    sign_in(page)
    page.locator("#history-list .entry").click()
    expect(page.locator("#input")).to_contain_text("Anna's")


def test_a_sign_in_that_is_cancelled_leads_back_to_the_button_and_nowhere_by_itself(
    site: Site, server: AuthorizationServer, page: Page, context: BrowserContext
) -> None:
    page.goto(site.url)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("alert")).to_have_text("The sign-in was cancelled, or you were refused.")
    assert page.url == site.url
    page.reload()
    expect(page.get_by_role("heading", name="Sign in to use this")).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)
    server.denied.add(BEN)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("Email").fill(BEN)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert")).to_contain_text("PreAuthentication failed: not on the list.")
    server.denied.clear()
    page.get_by_role("button", name="Sign in").click()
    expect_signed_in(page, BEN)
    context.clear_cookies()
    page.reload()  # which goes to the sign-in page by itself, and that once
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="Sign in to use this")).to_be_visible()


def test_a_code_that_is_refused_leads_back_to_the_button(site: Site, server: AuthorizationServer, page: Page) -> None:
    server.takes_codes = False
    page.goto(site.url)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("Email").fill(ANNA)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert")).to_contain_text("the code was not accepted")
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    assert server.grants == []


def test_a_code_that_nobody_here_requested_is_not_used(site: Site, server: AuthorizationServer, page: Page) -> None:
    page.goto(f"{site.url}?code=stolen&state=unknown")
    expect(page.get_by_role("heading", name="Sign in to use this")).to_be_visible()
    assert page.url == site.url
    assert server.token_requests == 0


def test_a_browser_that_stores_nothing_is_told_why_nobody_can_sign_in(
    site: Site, server: AuthorizationServer, page: Page
) -> None:
    page.add_init_script(_NO_STORAGE)
    page.goto(site.url)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("does not let the page store anything")


def test_a_limit_of_the_day_says_when_it_is_over(
    site: Site, server: AuthorizationServer, page: Page, pass_time: PassTime
) -> None:
    error = {"code": "daily_limit_reached", "message": "no more today", "request_id": "r-9"}
    site.on("POST /summarize", (429, {"Retry-After": "7200"}, {"error": error}))
    page.goto(site.url)
    sign_in(page)
    _summarise(page)
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("You have reached today's limit")
    shown = page.evaluate(
        """() => new Date(Date.now() + 7_200_000).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" })"""
    )
    expect(alert).to_contain_text(f"at {shown}.")
    assert [path for _, path, _ in site.requests].count("/summarize") == 1
