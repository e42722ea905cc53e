"""What a deleted stack takes with it, and what it leaves by choice."""

from __future__ import annotations

from collections.abc import Callable

from genai_templates.local import EmulatedStack
from genai_templates.local.stack_inputs import EXISTING_ENDPOINT as ENDPOINT
from tests.lifecycle.jobs import PROMPT, key_of, made
from tests.lifecycle.stacks import bucket_exists


def test_images_outlive_the_stack_when_nothing_else_was_chosen(make_stack: Callable[..., EmulatedStack]) -> None:
    stack = make_stack("image")
    stack.create()
    key = key_of(made(stack, PROMPT)["images"][0]["url"])
    images, site = stack.outputs["ImageBucketName"], stack.outputs["SiteBucketName"]

    stack.delete()

    assert not bucket_exists(stack, site)
    stored = [each["Key"] for each in stack.client("s3").list_objects_v2(Bucket=images)["Contents"]]
    assert key in stored


def test_the_choice_can_be_made_after_the_images(make_stack: Callable[..., EmulatedStack]) -> None:
    stack = make_stack("image")
    stack.create()
    images = stack.outputs["ImageBucketName"]
    made(stack, PROMPT)
    stack.update(DeleteImagesWithStack="true")
    stack.delete()
    assert not bucket_exists(stack, images)


def test_an_endpoint_that_was_there_before_stays(make_stack: Callable[..., EmulatedStack]) -> None:
    stack = make_stack("text")
    stack.create()
    function = stack.resources["GenAILambdaFunction"]
    stack.delete()
    assert stack.client("sagemaker").describe_endpoint(EndpointName=ENDPOINT)["EndpointStatus"] == "InService"
    functions = [each["FunctionName"] for each in stack.client("lambda").list_functions()["Functions"]]
    assert function not in functions


def test_old_versions_of_the_page_do_not_stop_the_deletion(make_stack: Callable[..., EmulatedStack]) -> None:
    stack = make_stack("text")
    stack.create()
    site = stack.outputs["SiteBucketName"]
    stack.client("s3").put_object(Bucket=site, Key="index.html", Body=b"by hand")
    stack.client("s3").delete_object(Bucket=site, Key="config.json")
    stack.delete()
    assert not bucket_exists(stack, site)
