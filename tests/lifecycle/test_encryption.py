"""A stack whose key encrypts what it stores: everything goes on, and nothing does without its part of the grants.

The tests of each stack follow its life, to its deletion.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from genai_templates import Encryption, Hosting, ImageStack, TextStack
from genai_templates.aws.account import Account
from genai_templates.aws.doctor import diagnose
from genai_templates.aws.doctor.removal import remove
from genai_templates.errors import LocalError
from genai_templates.local import EmulatedStack, Emulator
from genai_templates.local.chaos import Chaos, ModelFault
from tests.lifecycle.jobs import PROMPT, finished, key_of, made
from tests.lifecycle.keys import key_disabled, key_state, policy_without, refusals, role_without, unused_grants
from tests.lifecycle.single_file import artifacts_of
from tests.lifecycle.stacks import bucket_exists
from tests.waiting import until

SCHEDULE = {"PauseSchedule": "cron(0 18 ? * MON-FRI 2199)", "ScheduleTimeZone": "Europe/Berlin"}
EMAIL = {"AlarmEmail": "somebody@example.com"}
REQUEST = {"prompt": "Hello"}


@pytest.fixture(scope="module")
def text(emulator: Emulator) -> EmulatedStack:
    """A text stack in one file, whose endpoint is a resource of it and is paused by a schedule."""
    template = TextStack(
        hosting=Hosting.NATIVE, encryption=Encryption.CUSTOMER_KEY, artifacts=artifacts_of("text")
    ).to_json()
    stack = EmulatedStack(template, "text-with-key", {**EMAIL, **SCHEDULE}, None, emulator)
    stack.create()
    return stack


@pytest.fixture(scope="module")
def image(emulator: Emulator) -> EmulatedStack:
    """An image stack whose model responds later, by way of a bucket and topics."""
    template = ImageStack(
        hosting=Hosting.SCALE_TO_ZERO, encryption=Encryption.CUSTOMER_KEY, artifacts=artifacts_of("image")
    ).to_json()
    stack = EmulatedStack(template, "image-with-key", {**EMAIL, "JobRetries": "0"}, None, emulator)
    stack.create()
    return stack


@pytest.fixture
def alarms(text: EmulatedStack) -> Iterator[Callable[[], list[str]]]:
    """Set off an alarm of the stack, and return what comes to those who listen to its topic."""
    sqs, sns = text.client("sqs"), text.client("sns")
    queue = sqs.create_queue(QueueName="listener")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    allow = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": policy})
    listening = sns.subscribe(TopicArn=text.resources["AlarmTopic"], Protocol="sqs", Endpoint=arn)["SubscriptionArn"]

    def set_off() -> list[str]:
        for state in ("OK", "ALARM"):
            text.client("cloudwatch").set_alarm_state(
                AlarmName=text.resources["ApiErrors"], StateValue=state, StateReason="a test"
            )
        messages = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
        return [json.loads(json.loads(each["Body"])["Message"])["NewStateValue"] for each in messages]

    yield set_off
    sns.unsubscribe(SubscriptionArn=listening)
    sqs.delete_queue(QueueUrl=queue)


def is_served(stack: EmulatedStack, path: str = "/config.json") -> bool:
    return stack.browse(path).status == 200


def fire(stack: EmulatedStack) -> Any:
    """Return the call that the schedule makes under its role, which is not made."""
    return stack.emulator.control_request("POST", "schedules/fire", name=stack.resources["PauseModelSchedule"])


def test_page_and_api_work_with_the_key(text: EmulatedStack) -> None:
    assert is_served(text)
    assert is_served(text, "/")
    assert text.call("POST", "/generate", REQUEST).status == 200
    assert text.call("GET", "/status").status == 200
    assert fire(text)["operation"] == "update_stack"


def test_no_grant_on_the_key_of_a_text_stack_is_unused(text: EmulatedStack) -> None:
    assert text.permissions().refused == ()
    assert unused_grants(text) == {}


def test_what_is_stored_is_encrypted_with_the_key(text: EmulatedStack) -> None:
    key = text.resources["EncryptionKey"]
    stored = text.client("s3").head_object(Bucket=text.outputs["SiteBucketName"], Key="index.html")
    assert stored["ServerSideEncryption"] == "aws:kms"
    assert stored["SSEKMSKeyId"].endswith(key)
    assert text.client("kms").get_key_rotation_status(KeyId=key)["KeyRotationEnabled"]


def test_alarms_reach_the_topic(text: EmulatedStack, alarms: Callable[[], list[str]]) -> None:
    assert "ALARM" in alarms()
    with policy_without(text, "CloudwatchPublishes"):
        assert alarms() == []


@pytest.mark.parametrize(
    ("sid", "works"),
    [
        ("DistributionsRead", is_served),
        ("AccountDecides", lambda stack: stack.call("POST", "/generate", REQUEST).status == 200),
        ("LogsEncrypt", lambda stack: makes_log_group(stack)),
    ],
    ids=["DistributionsRead", "AccountDecides", "LogsEncrypt"],
)
def test_nothing_works_without_its_part_of_the_keys_policy(
    text: EmulatedStack, sid: str, works: Callable[[EmulatedStack], bool]
) -> None:
    assert works(text)
    with policy_without(text, sid):
        assert not works(text)


def makes_log_group(stack: EmulatedStack) -> bool:
    """Return whether a stack of the same name's beginning gets a log group that is encrypted with the key."""
    cloudformation, name = stack.client("cloudformation"), f"{stack.name}-more"
    key = stack.client("kms").describe_key(KeyId=stack.resources["EncryptionKey"])["KeyMetadata"]["Arn"]
    group = {"Type": "AWS::Logs::LogGroup", "Properties": {"KmsKeyId": key}}
    cloudformation.create_stack(StackName=name, TemplateBody=json.dumps({"Resources": {"Group": group}}))

    def ended() -> str | None:
        status = str(cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"])
        return None if status.endswith("IN_PROGRESS") else status

    made = until(ended) == "CREATE_COMPLETE"
    cloudformation.delete_stack(StackName=name)
    until(
        lambda: not [each for each in cloudformation.describe_stacks()["Stacks"] if each["StackName"] == name] or None
    )
    return made


def test_a_function_cannot_be_called_without_its_environment(text: EmulatedStack) -> None:
    with role_without(text, "GenAILambdaFunctionRole", "DecryptEnvironment"):
        assert text.call("POST", "/generate", REQUEST).status == 502


def test_a_schedule_needs_its_input(text: EmulatedStack) -> None:
    with role_without(text, "ScheduleRole", "DecryptSchedule"), pytest.raises(LocalError):
        fire(text)
    assert refusals(text)[-1] == "kms:Decrypt (scheduler)"


def test_a_disabled_key_stops_page_and_api_until_it_is_enabled_again(text: EmulatedStack) -> None:
    with key_disabled(text):
        assert not is_served(text)
        assert text.call("POST", "/generate", REQUEST).status == 502
    assert is_served(text)
    assert text.call("POST", "/generate", REQUEST).status == 200


def test_the_key_is_turned_off_and_goes_and_everything_goes_on(text: EmulatedStack) -> None:
    key = text.resources["EncryptionKey"]
    text.update(TextStack(hosting=Hosting.NATIVE, artifacts=artifacts_of("text")).to_json())
    assert key_state(text, key) == "PendingDeletion"
    assert is_served(text, "/")
    assert text.call("POST", "/generate", REQUEST).status == 200
    text.delete()


def test_jobs_work_with_the_key(image: EmulatedStack) -> None:
    job = made(image, PROMPT)
    assert job["status"] == "SUCCEEDED"
    assert is_served(image, "/" + key_of(job["images"][0]["url"]))
    assert image.call("GET", "/generate").status == 200


def test_a_failing_job_reaches_the_queue_and_is_marked(image: EmulatedStack, emulator: Emulator) -> None:
    with Chaos(emulator) as chaos:
        chaos.model_fault(image.outputs["EndpointName"], ModelFault.NOT_READY)
        assert made(image, PROMPT)["status"] == "FAILED"


def test_no_use_of_the_key_was_refused(image: EmulatedStack) -> None:
    assert image.permissions().refused == ()


@pytest.mark.parametrize(
    ("role", "sid"),
    [
        ("StartProcessFunctionRole", "DecryptDynamodb"),
        ("EndpointCallFunctionRole", "EncryptS3"),
        ("EndpointRole", "DecryptS3"),
        ("EndpointRole", "EncryptSns"),
        ("CompleteJobFunctionRole", "EncryptS3"),
    ],
)
def test_no_job_succeeds_without_a_roles_grant(image: EmulatedStack, role: str, sid: str) -> None:
    refused = len(refusals(image))
    with role_without(image, role, sid):
        response = image.call("POST", "/generate", PROMPT)
        if response.status == 202:
            job = response.json()["job_id"]
            until(lambda: len(refusals(image)) > refused or None)
            if sid == "EncryptSns":  # nobody is told
                assert image.call("GET", f"/generate/{job}").json()["status"] != "SUCCEEDED"
            else:
                assert finished(image, job)["status"] == "FAILED"
        else:
            assert response.status == 503


def test_no_grant_on_the_key_of_an_image_stack_is_unused(image: EmulatedStack) -> None:
    assert unused_grants(image) == {}  # what goes wrong on purpose, above, has used those for failures


def test_an_image_stack_leaves_its_key_with_the_images(image: EmulatedStack, monkeypatch: pytest.MonkeyPatch) -> None:
    key, images = image.resources["EncryptionKey"], image.outputs["ImageBucketName"]
    image.delete()
    assert key_state(image, key) == "Enabled"
    assert bucket_exists(image, images)
    for name, value in image.emulator.environment.items():
        monkeypatch.setenv(name, value)
    account = Account()
    (left,) = [each for each in diagnose(account).findings if each.resource.name == key]
    assert left.usd_per_month == 1.0
    remove(account, left.resource)
    assert key_state(image, key) == "PendingDeletion"
    assert key not in {each.resource.name for each in diagnose(account).findings}
