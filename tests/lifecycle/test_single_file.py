"""A stack whose template brings its artifacts along: nothing is there before it, and nothing is left after it."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator

import pytest
from PIL import Image

from genai_templates import Hosting
from genai_templates.local import EmulatedStack, Emulator
from genai_templates.local.chaos import Chaos
from genai_templates.local.stack_inputs import EXISTING_ENDPOINT as ENDPOINT
from tests.lifecycle.jobs import PROMPT, key_of, made
from tests.lifecycle.single_file import artifacts_of, template_of, with_other_code, with_other_page, without_page
from tests.lifecycle.stacks import bucket_exists, failure_of

_PUBLISHER = "ArtifactPublisherFunction"


@pytest.fixture
def stack(emulator: Emulator) -> Iterator[EmulatedStack]:
    """A text stack that has come from its one file."""
    with EmulatedStack(template_of("text"), "text-single-file", emulator=emulator) as stack:
        yield stack


def artifacts_in(stack: EmulatedStack) -> set[str]:
    """Return the keys in the stack's bucket of artifacts."""
    listed = stack.client("s3").list_objects_v2(Bucket=stack.resources["ArtifactBucket"])
    return {each["Key"] for each in listed.get("Contents", ())}


def status_of(stack: EmulatedStack) -> int:
    return stack.call("GET", "/status").status


def test_the_text_application_works_and_leaves_nothing(emulator: Emulator) -> None:
    buckets = {each["Name"] for each in emulator.client("s3").list_buckets()["Buckets"]}
    # Every parameter at its default, the notebook included: as the console is when somebody presses Next.
    stack = EmulatedStack(template_of("text", hosting=Hosting.NOTEBOOK), "text-from-one-file", emulator=emulator)
    stack.create()
    assert stack.call("POST", "/generate", {"prompt": "Hello"}).json()["generated_text"]
    assert stack.browse("/").status == 200
    assert artifacts_in(stack) == set(artifacts_of("text").contents)
    log_bucket = stack.resources["LogBucket"]

    stack.delete()

    left = {each["Name"] for each in stack.client("s3").list_buckets()["Buckets"]} - buckets
    assert left - {"artifacts"} == {log_bucket}  # the emulator's own bucket, and the one that is kept on purpose
    functions = [each["FunctionName"] for each in stack.client("lambda").list_functions()["Functions"]]
    assert not [each for each in functions if each.startswith(stack.name)]


@pytest.fixture(scope="module")
def image_stack(emulator: Emulator) -> Iterator[EmulatedStack]:
    """An image stack that has come from its one file, and has no Pillow."""
    with EmulatedStack(template_of("image"), "image-single-file", emulator=emulator) as stack:
        yield stack


def assert_made(stack: EmulatedStack, kind: str, content_type: str) -> None:
    job = made(stack, {**PROMPT, "num_images": 2})
    assert job["status"] == "SUCCEEDED", job
    for each in job["images"]:
        assert each["thumbnail_url"] == each["url"]
        path = "/" + key_of(each["url"])
        served = stack.emulator.site_request(stack.outputs["CloudFrontDistributionDomain"], "GET", path)
        assert (served.status, served.headers["content-type"]) == (200, content_type)
        image = Image.open(io.BytesIO(served.body))
        image.load()
        assert (image.format, image.size) == (kind, (256, 256))


def test_jpegs_are_stored_as_the_model_makes_them(image_stack: EmulatedStack) -> None:
    assert_made(image_stack, "JPEG", "image/jpeg")


def test_pixel_arrays_are_stored_as_png(image_stack: EmulatedStack) -> None:
    with Chaos(image_stack.emulator) as chaos:
        chaos.model_without_jpeg(ENDPOINT)
        assert_made(image_stack, "PNG", "image/png")


def test_an_update_takes_the_new_code_and_the_new_page_and_forgets_the_old(stack: EmulatedStack) -> None:
    assert status_of(stack) == 200  # the old code is warm
    new = with_other_page(with_other_code(artifacts_of("text")))
    stack.update(template=template_of("text", new))
    assert status_of(stack) == 218
    assert "another page" in stack.browse("/").body.decode()
    assert artifacts_in(stack) == set(new.contents)


def test_an_update_of_one_artifact_keeps_the_other(stack: EmulatedStack) -> None:
    new = with_other_page(artifacts_of("text"))
    stack.update(template=template_of("text", new))
    assert artifacts_in(stack) == set(new.contents)
    stack.update(FunctionTimeout="20")
    assert status_of(stack) == 200
    assert artifacts_in(stack) == set(new.contents)


def test_an_update_that_fails_late_gives_the_old_code_and_the_old_page_back(stack: EmulatedStack) -> None:
    page = stack.browse("/").body
    broken = without_page(with_other_code(artifacts_of("text")))
    failed = failure_of(lambda: stack.update(template=template_of("text", broken)))
    assert failed.status == "UPDATE_ROLLBACK_COMPLETE"
    assert next(each.logical_id for each in failed.events if each.has_failed) == "SitePublisher"
    assert status_of(stack) == 200
    assert stack.browse("/").body == page
    assert artifacts_in(stack) == set(artifacts_of("text").contents)


def test_a_stack_can_change_over_to_one_file_and_back(make_stack: Callable[..., EmulatedStack]) -> None:
    stack = make_stack("text")
    stack.create()
    ordinary, before = stack.template, stack.resources
    publisher = stack.resources["SitePublisherFunction"]

    stack.update(template=template_of("text"))
    assert before.items() <= stack.resources.items()
    assert status_of(stack) == 200
    bucket = stack.resources["ArtifactBucket"]

    stack.update(template=ordinary, LambdaS3Bucket="artifacts")
    assert (stack.resources, stack.resources["SitePublisherFunction"]) == (before, publisher)
    assert status_of(stack) == 200
    assert not bucket_exists(stack, bucket)
    stack.delete()


def test_a_creation_that_fails_leaves_no_artifact_behind(emulator: Emulator) -> None:
    stack = EmulatedStack(template_of("text", without_page(artifacts_of("text"))), "text-failed", emulator=emulator)
    assert failure_of(stack.create).status == "ROLLBACK_COMPLETE"
    names = [each["Name"] for each in stack.client("s3").list_buckets()["Buckets"]]
    assert not [name for name in names if name.startswith("text-failed-artifactbucket")]


@pytest.mark.parametrize("app", ["text", "image"])
def test_the_publisher_may_do_what_it_does_and_nothing_else(app: str, emulator: Emulator) -> None:
    stack = EmulatedStack(template_of(app), f"{app}-permissions", emulator=emulator)
    stack.create()
    stack.update(template=template_of(app, with_other_page(artifacts_of(app))))
    stack.delete()
    report = stack.permissions()
    assert report.refused == ()
    assert _PUBLISHER in {call.function for call in report.calls}
    assert _PUBLISHER not in report.unused
