"""What a deleted stack takes with it, and what it leaves by choice."""

from __future__ import annotations

from collections.abc import Callable

from tests.lifecycle.deployment import ENDPOINT, Deployment
from tests.lifecycle.jobs import PROMPT, key_of, made


def test_images_outlive_the_stack_when_nothing_else_was_chosen(make_deployment: Callable[..., Deployment]) -> None:
    stack = make_deployment("image")
    assert stack.create() == "CREATE_COMPLETE"
    key = key_of(made(stack, PROMPT)["images"][0]["url"])
    images, site = stack.outputs["ImageBucketName"], stack.outputs["SiteBucketName"]

    assert stack.delete() == "DELETE_COMPLETE", stack.events

    assert not stack.aws.bucket_exists(site)
    stored = [each["Key"] for each in stack.aws.s3.list_objects_v2(Bucket=images)["Contents"]]
    assert key in stored


def test_the_choice_can_be_made_after_the_images(make_deployment: Callable[..., Deployment]) -> None:
    stack = make_deployment("image")
    assert stack.create() == "CREATE_COMPLETE"
    images = stack.outputs["ImageBucketName"]
    made(stack, PROMPT)
    assert stack.update(DeleteImagesWithStack="true") == "UPDATE_COMPLETE"
    assert stack.delete() == "DELETE_COMPLETE"
    assert not stack.aws.bucket_exists(images)


def test_an_endpoint_that_was_there_before_stays(make_deployment: Callable[..., Deployment]) -> None:
    stack = make_deployment("text")
    assert stack.create() == "CREATE_COMPLETE"
    function = stack.resources["GenAILambdaFunction"]
    assert stack.delete() == "DELETE_COMPLETE"
    assert stack.aws.sagemaker.describe_endpoint(EndpointName=ENDPOINT)["EndpointStatus"] == "InService"
    functions = [each["FunctionName"] for each in stack.aws.lambda_.list_functions()["Functions"]]
    assert function not in functions


def test_old_versions_of_the_page_do_not_stop_the_deletion(make_deployment: Callable[..., Deployment]) -> None:
    stack = make_deployment("text")
    assert stack.create() == "CREATE_COMPLETE"
    site = stack.outputs["SiteBucketName"]
    stack.aws.s3.put_object(Bucket=site, Key="index.html", Body=b"by hand")
    stack.aws.s3.delete_object(Bucket=site, Key="config.json")
    assert stack.delete() == "DELETE_COMPLETE", stack.events
    assert not stack.aws.bucket_exists(site)
