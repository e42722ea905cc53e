"""The image page in a real browser: what a person does when all goes well."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.image_jobs import (
    ACCEPTED,
    PROMPT,
    have_looked,
    job_state,
    keys,
    open_done,
    play,
    posted,
    send_request,
)
from tests.browser.site import PassTime, Publish

pytestmark = pytest.mark.browser

BODY = {
    "prompt": PROMPT,
    "width": 512,
    "height": 512,
    "num_inference_steps": 50,
    "guidance_scale": 7.5,
    "num_images": 1,
}


def test_a_job_is_watched_from_the_request_to_the_image(publish: Publish, page: Page) -> None:
    site = publish("image", below="/image")
    play(site, job_state("QUEUED"))
    page.goto(site.url)
    send_request(page)
    card = page.get_by_role("article", name=PROMPT)
    expect(card).to_contain_text("Waiting for its turn")
    expect(card.get_by_role("progressbar", name="Progress")).not_to_have_attribute("value", "1")
    site.on("GET /generate/ab", job_state("RUNNING"))
    expect(card).to_contain_text("1 image in the making")
    site.on("GET /generate/ab", job_state("SUCCEEDED"))
    expect(card.get_by_role("img", name=f"{PROMPT} (image 1 of 1)")).to_be_visible()
    expect(card).to_contain_text("512 \N{MULTIPLICATION SIGN} 512 · 50 steps · guidance 7.5 · seed 5 · made in 9.6 s")
    expect(page.locator("#announcements")).to_contain_text("1 image ready")
    assert posted(site) == [BODY]
    assert page.evaluate("document.images[0].currentSrc") == f"{site.url}generated_images/ab/0.jpg"


def test_all_that_is_chosen_is_sent(publish: Publish, page: Page) -> None:
    site = publish("image")
    play(site, job_state("QUEUED"))
    page.goto(site.url)
    page.get_by_role("radio", name="Portrait").check(force=True)
    page.get_by_role("radio", name="Fine detail").check(force=True)
    page.get_by_role("radio", name="2", exact=True).check(force=True)
    page.get_by_text("More control").click()
    expect(page.locator("#num_inference_steps-value")).to_have_text("80 steps")
    expect(page.get_by_label("Guidance")).to_have_attribute("aria-valuetext", "9.0, balanced")
    expect(page.get_by_label("Width")).to_have_value("512")
    expect(page.get_by_label("Height")).to_have_value("768")
    page.get_by_label("Steps").fill("33")
    expect(page.get_by_role("radio", name="Fine detail")).not_to_be_checked()
    page.get_by_label("Width").fill("520")
    expect(page.get_by_role("radio", name="Portrait")).not_to_be_checked()
    page.get_by_label("Leave out").fill("fog")
    page.get_by_label("Seed", exact=True).fill("0")
    expect(page.locator("#more-summary")).to_have_text("33 steps, guidance 9, seed 0, something left out")
    send_request(page, f"  {PROMPT} ")
    expect(page.get_by_role("article")).to_contain_text("Waiting for its turn")
    expect(page.locator(".job .tile")).to_have_count(2)
    chosen = {"width": 520, "height": 768, "num_inference_steps": 33, "guidance_scale": 9, "num_images": 2}
    assert posted(site) == [{"prompt": f"  {PROMPT} ", **chosen, "negative_prompt": "fog", "seed": 0}]


def test_an_example_fills_the_form_and_can_be_undone(publish: Publish, page: Page) -> None:
    page.goto(publish("image").url)
    field = page.get_by_label("Describe your image")
    field.fill("My own words")
    page.get_by_role("button", name="Fox in the snow").click()
    expect(field).to_have_value("A red fox in a snowy pine forest, late afternoon light, detailed illustration")
    expect(field).to_be_focused()
    page.get_by_role("button", name="Undo").click()
    expect(field).to_have_value("My own words")
    expect(page.get_by_role("button", name="Undo")).to_be_hidden()


def test_the_dice_choose_a_seed(publish: Publish, page: Page) -> None:
    site = publish("image")
    play(site, job_state("QUEUED"))
    page.goto(site.url)
    page.get_by_text("More control").click()
    page.get_by_role("button", name="New seed").click()
    seed = page.get_by_label("Seed", exact=True).input_value()
    assert 0 <= int(seed) < 2**32
    send_request(page)
    expect(page.get_by_role("article")).to_contain_text(f"seed {seed}")
    expect(page.get_by_role("article")).to_contain_text("Waiting for its turn")
    assert posted(site)[0]["seed"] == int(seed)


def test_limits_are_those_that_the_page_was_published_with(publish: Publish, page: Page) -> None:
    site = publish("image")
    site.limit(promptMaxCharacters=20, maxPixelsSide=768, maxSteps=60, defaultSteps=24, maxImages=2)
    page.goto(site.url)
    expect(page.locator("#prompt-count")).to_have_text("0 of 20 characters")
    expect(page.get_by_role("radio", name="Balanced")).to_be_checked()
    expect(page.get_by_role("radio", name="Wide")).to_be_disabled()
    expect(page.get_by_role("radio", name="3", exact=True)).to_be_disabled()
    page.get_by_text("More control").click()
    expect(page.get_by_label("Steps")).to_have_attribute("aria-valuetext", "24 steps, a sketch")
    expect(page.locator("#side-hint")).to_contain_text("from 256 to 768.")
    page.get_by_label("Width").fill("1024")
    send_request(page)
    expect(page.locator("#width-error")).to_have_text("Enter 256 to 768 pixels.")
    expect(page.locator("#prompt-error")).to_contain_text("too long: at most 20 can be sent.")


def test_what_the_model_does_not_heed_is_said_beside_the_settings(publish: Publish, page: Page) -> None:
    site = publish("image")
    page.goto(site.url)
    page.locator("#more summary").click()
    expect(page.locator("#model-note")).to_be_hidden()
    site.configure(modelNote="This model makes at most 4 steps.")
    page.reload()
    page.locator("#more summary").click()
    expect(page.locator("#model-note")).to_have_text("This model makes at most 4 steps.")


def test_a_double_click_and_impatient_keys_send_once(publish: Publish, page: Page) -> None:
    site = publish("image")
    play(site, job_state("QUEUED"))
    release = site.hold("POST /generate")
    page.goto(site.url)
    page.get_by_label("Describe your image").fill(PROMPT)
    page.get_by_role("button", name="Make it").dblclick()
    expect(page.get_by_label("Describe your image")).to_be_disabled()
    page.evaluate("for (let i = 0; i < 3; i += 1) document.getElementById('form').requestSubmit()")
    release()
    expect(page.get_by_label("Describe your image")).to_be_enabled()
    expect(page.get_by_role("button", name="Make it")).to_be_focused()
    assert len(posted(site)) == 1


def test_two_jobs_run_side_by_side(publish: Publish, page: Page) -> None:
    site = publish("image")
    site.on("POST /generate", ACCEPTED, (202, {}, {"job_id": "cd", "status": "QUEUED"}))
    site.on("GET /generate/ab", job_state("RUNNING"))
    site.on("GET /generate/cd", job_state("SUCCEEDED", job="cd", seed=8))
    page.goto(site.url)
    send_request(page)
    expect(page.get_by_role("article", name=PROMPT)).to_contain_text("in the making")
    send_request(page, "A large blue boat on a lake")
    second = page.get_by_role("article", name="A large blue boat on a lake")
    expect(second.get_by_role("img")).to_be_visible()
    expect(page.get_by_role("article").first).to_contain_text("A large blue boat")
    expect(page.get_by_role("article", name=PROMPT)).to_contain_text("in the making")
    site.on("GET /generate/ab", job_state("SUCCEEDED"))
    expect(page.get_by_role("article", name=PROMPT).get_by_role("img")).to_be_visible()
    assert len(set(keys(site))) == 2


def test_an_estimate_comes_from_earlier_jobs_and_the_bar_never_fills_before_the_end(
    publish: Publish, page: Page, pass_time: PassTime
) -> None:
    site = publish("image")
    open_done(site, page, pass_time=pass_time)
    expect(page.locator("#work-time")).to_have_text("This takes about 10 s, judging by your earlier jobs.")
    page.get_by_role("radio", name="4", exact=True).check(force=True)
    expect(page.locator("#work-time")).to_contain_text("about 40 s")
    page.get_by_role("radio", name="1", exact=True).check(force=True)
    site.on("GET /generate/ab", job_state("RUNNING"))
    send_request(page)
    have_looked(page, pass_time)
    card = page.get_by_role("article").first
    expect(card).to_contain_text("so far of about 10 s")
    pass_time(4000)
    share = float(card.get_by_role("progressbar").get_attribute("value") or 0)
    assert 0.4 < share < 0.8
    pass_time(10_000)
    expect(card).to_contain_text("longer than the usual 10 s")
    expect(card.locator("progress:indeterminate")).to_have_count(1)


def test_variations_have_the_same_settings_and_a_new_seed(publish: Publish, page: Page) -> None:
    site = publish("image")
    card = open_done(site, page, images=2)
    page.get_by_label("Describe your image").fill("Something else altogether")
    card.get_by_role("button", name="Variations").click()
    expect(page.get_by_role("article", name=PROMPT)).to_have_count(2)
    expect(page.get_by_role("article").first.get_by_role("heading")).to_be_focused()
    expect(page.get_by_label("Describe your image")).to_have_value("Something else altogether")
    expect(page.get_by_role("article").first).to_contain_text("made in")
    assert posted(site) == [{**BODY, "num_images": 2}] * 2


def test_settings_can_be_used_again_with_their_seed(publish: Publish, page: Page) -> None:
    site = publish("image")
    card = open_done(site, page, images=2)
    page.get_by_label("Describe your image").fill("Something else altogether")
    page.get_by_role("radio", name="Large", exact=False).first.check(force=True)
    card.get_by_role("button", name="Reuse").click()
    expect(page.get_by_label("Describe your image")).to_have_value(PROMPT)
    expect(page.get_by_label("Describe your image")).to_be_focused()
    expect(page.get_by_role("radio", name="Square")).to_be_checked()
    expect(page.locator("#more-summary")).to_contain_text("seed 5")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("article")).to_have_count(2)
    expect(page.get_by_role("article").first).to_contain_text("made in")
    assert posted(site)[-1] == {**BODY, "num_images": 2, "seed": 5}


def test_seed_and_settings_can_be_copied(publish: Publish, page: Page) -> None:
    site = publish("image")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site.origin)
    card = open_done(site, page)
    card.get_by_role("button", name="Copy seed").click()
    expect(card.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "5"
    card.get_by_role("button", name="Copy settings").click()
    expect(card.get_by_role("button", name="Copied")).to_have_count(2)
    assert page.evaluate("navigator.clipboard.readText().then(JSON.parse)") == {**BODY, "seed": 5}


def test_images_are_downloaded_under_a_name_that_tells_what_is_in_them(publish: Publish, page: Page) -> None:
    card = open_done(publish("image", below="/image"), page, images=2)
    with page.expect_download() as second:
        card.get_by_role("link", name="Download image 2").click()
    assert second.value.suggested_filename == "a-small-red-house-by-the-sea-seed-5-2.jpg"
    card.get_by_role("img").first.click()
    with page.expect_download() as first:
        page.get_by_role("dialog").get_by_role("link", name="Download").click()
    assert first.value.suggested_filename == "a-small-red-house-by-the-sea-seed-5-1.jpg"


def test_the_large_view_is_led_by_the_keyboard(publish: Publish, page: Page) -> None:
    card = open_done(publish("image"), page, images=3)
    card.get_by_role("link", name=f"{PROMPT} (image 2 of 3)").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Image 2 of 3")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(dialog.get_by_role("img", name=f"{PROMPT} (image 1 of 3)")).to_be_visible()
    page.keyboard.press("ArrowLeft")
    expect(dialog).to_contain_text("Image 3 of 3")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(card.get_by_role("link", name=f"{PROMPT} (image 3 of 3)")).to_be_focused()


def test_the_large_view_closes_by_a_click_beside_the_image(publish: Publish, page: Page) -> None:
    card = open_done(publish("image"), page)
    for place in ({"x": 5, "y": 5}, None):
        card.get_by_role("img").click()
        expect(page.get_by_role("dialog")).to_be_visible()
        if place:
            page.mouse.click(place["x"], place["y"])
        else:
            page.get_by_role("dialog").get_by_role("button", name="Close").click()
        expect(page.get_by_role("dialog")).to_be_hidden()


def test_the_keyboard_alone_is_enough(publish: Publish, page: Page) -> None:
    site = publish("image")
    play(site, job_state("SUCCEEDED"))
    page.goto(site.url)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the form")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.type(PROMPT)
    for _ in range(5):  # past the examples
        page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name="Landscape")).to_be_focused()
    for _ in range(3):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Steps")).to_be_visible()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("article").get_by_role("img")).to_be_visible()
    expect(page.locator("summary")).to_be_focused()
    assert posted(site) == [{**BODY, "width": 768}]
