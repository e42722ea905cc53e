"""The image application on an endpoint that sleeps: jobs wait, wake it, and are completed once their results come."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from genai_templates import Hosting
from genai_templates.local import EmulatedStack, Emulator, ModelOptions
from genai_templates.local.chaos import UNTIL_ENDED, Chaos, ModelFault
from tests.lifecycle.jobs import PROMPT, finished, made
from tests.lifecycle.stacks import bucket_exists, refused, scaled_endpoints
from tests.waiting import until


@pytest.fixture(scope="module")
def stack(make_stack: Callable[..., EmulatedStack]) -> EmulatedStack:
    """The application on an asynchronous endpoint."""
    stack = make_stack("image", Hosting.SCALE_TO_ZERO, JobRetries="1", DeleteImagesWithStack="true")
    stack.create()
    return stack


@pytest.fixture
def endpoint(stack: EmulatedStack) -> str:
    """The endpoint's name."""
    return stack.outputs["EndpointName"]


@pytest.fixture
def chaos(emulator: Emulator) -> Iterator[Chaos]:
    """Faults that end with the test."""
    with Chaos(emulator) as chaos:
        yield chaos
    emulator.use_model(ModelOptions())


@pytest.fixture
def asleep(chaos: Chaos, endpoint: str) -> str:
    """The endpoint without an instance."""
    chaos.fall_asleep(endpoint)
    return endpoint


def state(stack: EmulatedStack) -> tuple[bool, str]:
    body = stack.call("GET", "/status").json()
    return body["ready"], body["state"]


def submitted(stack: EmulatedStack) -> str:
    return str(stack.call("POST", "/generate", PROMPT).json()["job_id"])


def handed_over(stack: EmulatedStack, job_id: str) -> str:
    """Return the job's id when the endpoint has it."""

    def is_handed_over() -> bool | None:
        key: Any = {"job_id": {"S": job_id}}
        item = stack.client("dynamodb").get_item(TableName=stack.resources["JobTable"], Key=key, ConsistentRead=True)
        return True if "hand_overs" in item["Item"] else None

    until(is_handed_over)
    return job_id


def set_numbers(stack: EmulatedStack, job_id: str, **numbers: int) -> None:
    """Turn the clock for a job."""
    stack.client("dynamodb").update_item(
        TableName=stack.resources["JobTable"],
        Key={"job_id": {"S": job_id}},
        UpdateExpression="SET " + ", ".join(f"{name} = :{name}" for name in numbers),
        ExpressionAttributeValues={f":{name}": {"N": str(number)} for name, number in numbers.items()},
    )


def test_an_endpoint_that_nobody_uses_falls_asleep(stack: EmulatedStack, chaos: Chaos) -> None:
    assert state(stack) == (True, "ready")
    stack.emulator.use_model(ModelOptions(idle_seconds=0.01))
    until(lambda: True if state(stack) == (True, "asleep") else None)


def test_a_job_wakes_a_sleeping_endpoint_by_the_stacks_own_alarm(stack: EmulatedStack, asleep: str) -> None:
    assert state(stack) == (True, "asleep")
    stack.emulator.use_model(ModelOptions(wake_seconds=0.5))
    job_id = handed_over(stack, submitted(stack))
    assert state(stack) == (True, "waking")
    assert stack.call("GET", f"/generate/{job_id}").json()["status"] == "RUNNING"
    job = finished(stack, job_id)
    assert job["status"] == "SUCCEEDED", job
    assert len(job["images"]) == 1
    assert state(stack) == (True, "ready")
    until(lambda: True if stack.call("GET", "/generate").json().get("job_id") == job_id else None)


def test_without_its_alarm_it_sleeps_on(stack: EmulatedStack, asleep: str, chaos: Chaos) -> None:
    cloudwatch = stack.client("cloudwatch")
    (alarm,) = cloudwatch.describe_alarms(AlarmNames=[stack.resources["WakeAlarm"]])["MetricAlarms"]
    cloudwatch.disable_alarm_actions(AlarmNames=[alarm["AlarmName"]])
    try:
        handed_over(stack, job_id := submitted(stack))
        assert state(stack) == (True, "asleep")
        assert chaos.expire_requests(asleep) == 1
    finally:
        cloudwatch.enable_alarm_actions(AlarmNames=[alarm["AlarmName"]])
    error = finished(stack, job_id)["error"]
    assert error["code"] == "expired"
    assert error["message"].startswith("The job waited too long for the model")
    assert made(stack, PROMPT)["status"] == "SUCCEEDED"


def test_a_model_that_fails_is_tried_again_and_ends_in_plain_words(
    stack: EmulatedStack, endpoint: str, chaos: Chaos
) -> None:
    chaos.model_fault(endpoint, ModelFault.SERVER_ERROR, times=1)
    assert made(stack, PROMPT)["status"] == "SUCCEEDED"
    chaos.model_fault(endpoint, ModelFault.SERVER_ERROR, times=UNTIL_ENDED)
    error = made(stack, PROMPT)["error"]
    assert error == {
        "code": "retries_exhausted",
        "message": "The model failed, even when tried again; please try again later.",
    }
    chaos.model_fault(endpoint, ModelFault.CLIENT_ERROR, times=1)
    assert made(stack, PROMPT)["error"]["code"] == "invalid_request"


def test_a_result_that_nobody_is_told_of_is_found_when_the_job_is_shown(stack: EmulatedStack, chaos: Chaos) -> None:
    chaos.notifications(copies=0)
    job_id = handed_over(stack, submitted(stack))
    bucket = stack.resources["InferenceBucket"]
    until(lambda: stack.client("s3").list_objects_v2(Bucket=bucket, Prefix="results/").get("Contents"))
    set_numbers(stack, job_id, look_from=0)
    assert finished(stack, job_id)["status"] == "SUCCEEDED"


def test_an_asynchronous_endpoint_takes_no_other_call(stack: EmulatedStack, endpoint: str) -> None:
    runtime = stack.client("sagemaker-runtime")
    assert refused(lambda: runtime.invoke_endpoint(EndpointName=endpoint, Body=b"{}")) == "ValidationError"
    location = "s3://no-such-bucket/x"
    assert (
        refused(lambda: runtime.invoke_endpoint_async(EndpointName=endpoint, InputLocation=location))
        == "ValidationError"
    )


def targets(stack: EmulatedStack) -> list[tuple[int, int]]:
    """Return the limits between which the endpoint scales, if it does."""
    found = stack.client("application-autoscaling").describe_scalable_targets(ServiceNamespace="sagemaker")
    return [(each["MinCapacity"], each["MaxCapacity"]) for each in found["ScalableTargets"]]


def test_its_instance_type_is_changed_in_two_updates(stack: EmulatedStack, endpoint: str) -> None:
    stack.update(MaxInstances="0")
    assert targets(stack) == []
    assert "WakeAlarm" not in stack.resources
    stack.update(InstanceType="ml.g5.4xlarge", MaxInstances="1")
    assert targets(stack) == [(0, 1)]
    sagemaker = stack.client("sagemaker")
    config = sagemaker.describe_endpoint(EndpointName=endpoint)["EndpointConfigName"]
    (variant,) = sagemaker.describe_endpoint_config(EndpointConfigName=config)["ProductionVariants"]
    assert variant["InstanceType"] == "ml.g5.4xlarge"
    assert made(stack, PROMPT)["status"] == "SUCCEEDED"


def use_all(stack: EmulatedStack) -> None:
    """Use what no test before has used: an event that comes again once its job has ended, and custom resources."""
    job_id = made(stack, PROMPT)["job_id"]
    function = stack.resources["EndpointCallFunction"]
    stack.client("lambda").invoke(FunctionName=function, Payload=json.dumps({"job_id": job_id}))
    for _ in range(2):
        assert stack.call("POST", "/generate", PROMPT, headers={"Idempotency-Key": "the-same"}).status == 202
    stack.update(AllowedOrigin="https://www.example.com")
    stack.client("lambda").delete_function(FunctionName=function)
    assert stack.call("POST", "/generate", PROMPT).status == 503  # the job is marked as failed at once


def test_its_deletion_leaves_nothing_and_each_permission_was_used(stack: EmulatedStack, endpoint: str) -> None:
    with Chaos(stack.emulator) as chaos:  # a job whose function cannot complete it
        chaos.notifications(held=True)
        job_id = handed_over(stack, submitted(stack))
        bucket = stack.resources["InferenceBucket"]
        for each in stack.client("s3").list_objects_v2(Bucket=bucket)["Contents"]:
            stack.client("s3").delete_object(Bucket=bucket, Key=each["Key"])
    assert finished(stack, job_id)["status"] == "FAILED"
    buckets = [stack.resources[name] for name in ("InferenceBucket", "ImageBucket")]
    roles = {name: physical for name, physical in stack.resources.items() if name == "EndpointRole"}
    use_all(stack)
    stack.delete()
    report = stack.permissions()
    assert report.refused == ()
    # Those of custom resources are the same for each hosting, and used by the tests of another one.
    assert {name for name in report.unused if not name.startswith(("Api", "Site"))} == set(), report.lines()
    assert not any(bucket_exists(stack, bucket) for bucket in buckets)
    assert stack.client("sagemaker").list_endpoints(NameContains=endpoint)["Endpoints"] == []
    assert endpoint not in scaled_endpoints(stack)
    of_model = {each.action for each in stack.emulator.decisions() if each.role == roles["EndpointRole"]}
    assert of_model == {"s3:GetObject", "s3:PutObject", "sns:Publish"}
