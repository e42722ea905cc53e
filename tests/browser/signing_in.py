"""What the tests of pages with a sign-in share: a person who signs in, and what the browser has stored."""

from __future__ import annotations

from playwright.sync_api import Page, expect

ANNA = "anna@example.org"
BEN = "ben@example.org"
_STORED = "() => JSON.stringify([{...localStorage}, {...sessionStorage}])"


def sign_in(page: Page, email: str = ANNA) -> None:
    """Go from the page to the sign-in page, sign in there, and wait to be back."""
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("Email").fill(email)
    page.get_by_role("button", name="Continue").click()
    expect_signed_in(page, email)


def expect_signed_in(page: Page, email: str = ANNA) -> None:
    """Wait until the page says who is signed in, and can be used."""
    expect(page.locator("#account")).to_contain_text(email)
    expect(page.locator("#request")).to_be_visible()
    expect(page.locator("#access")).to_be_hidden()


def stored(page: Page) -> str:
    """Return all that the browser has stored for the page."""
    return str(page.evaluate(_STORED))
