"""A deletion says what goes and what stays, and looks afterwards at what is left."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from genai_templates.stacks.image import ImageStack
from genai_templates.tags import STACK_TAG
from tests.aws.account import EmulatedAccount
from tests.aws.commands import Finished
from tests.waiting import until

Run = Callable[..., Finished]


IMAGES = "genai-image-imagebucket-1234567890abc"
TEMPLATE = {
    "Description": f"{ImageStack.description} A small one.",
    "Resources": {
        "ImageBucket": {
            "Type": "AWS::S3::Bucket",
            "DeletionPolicy": "RetainExceptOnCreate",
            "Properties": {"BucketName": IMAGES, "Tags": [{"Key": STACK_TAG, "Value": {"Ref": "AWS::StackName"}}]},
        },
        "AlarmTopic": {"Type": "AWS::SNS::Topic"},
    },
}


@pytest.fixture
def stack(account: EmulatedAccount) -> str:
    """A stack that keeps a bucket with an object in it."""
    cloudformation = account.client("cloudformation")
    created = cloudformation.create_stack(StackName="genai-image", TemplateBody=json.dumps(TEMPLATE))
    until(lambda: account.stack_status("genai-image") == "CREATE_COMPLETE" or None)
    account.client("s3").put_object(Bucket=IMAGES, Key="images/1.jpg", Body=b"x" * 1000)
    return str(created["StackId"])


def buckets(account: EmulatedAccount) -> set[str]:
    return {each["Name"] for each in account.client("s3").list_buckets()["Buckets"]}


def test_what_stays_is_said_before_and_after_and_doctor_finds_it(
    run: Run, account: EmulatedAccount, stack: str
) -> None:
    finished = run("destroy", "image", "--yes")
    assert finished.code == 0, finished.stderr
    assert [line for line in finished.lines if line.startswith("  stays:") and ": 0.00 USD a month" in line]
    assert [line for line in finished.lines if line.startswith("  stays:") and "1 object versions" in line]
    assert [line for line in finished.lines if line.startswith(f"left: bucket {IMAGES}: 0.00 USD")]
    assert IMAGES in buckets(account)
    assert IMAGES in run("doctor").stdout


def test_purge_removes_what_stays_and_doctor_finds_nothing(run: Run, account: EmulatedAccount, stack: str) -> None:
    finished = run("destroy", "image", "--yes", "--purge")
    assert finished.code == 0, finished.stderr
    assert [line for line in finished.lines if line.startswith("  goes too:") and "1 object versions" in line]
    assert f"bucket {IMAGES}: removed" in finished.lines
    assert not [name for name in buckets(account) if name.startswith("genai-image")]
    doctor = run("doctor")
    assert (doctor.code, doctor.lines) == (0, ["Nothing was left in us-east-1."])


def test_a_bucket_that_cannot_be_removed_is_said_and_the_others_go(
    run: Run, account: EmulatedAccount, stack: str
) -> None:
    account.wire.fail(
        "s3", "DeleteObjects", code="AccessDenied", status=403, times=None, when=lambda call: IMAGES in str(call)
    )
    finished = run("destroy", "image", "--yes", "--purge")
    assert finished.code == 1
    assert [line for line in finished.lines if line.startswith(f"bucket {IMAGES}: not removed: access denied")]
    left = {name for name in buckets(account) if name.startswith("genai-image")}
    assert left == {IMAGES}


def test_what_could_not_be_looked_at_is_said(run: Run, account: EmulatedAccount, stack: str) -> None:
    account.wire.fail("sagemaker", "ListModels", code="AccessDeniedException", times=None)
    finished = run("destroy", "image", "--yes")
    assert finished.code == 0
    assert [line for line in finished.lines if line.startswith("not known whether models are left: access denied")]
