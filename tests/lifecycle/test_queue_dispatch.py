"""Jobs through a queue: as many at once as the model carries, given up into a queue behind, and brought back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from genai_templates import Hosting, ImageStack
from genai_templates.local import EmulatedStack, Emulator
from genai_templates.local.chaos import Chaos, FaultEffect, InjectedFault, ModelFault
from genai_templates.local.protocol import ENVIRONMENTS
from genai_templates.local.stack_inputs import EXISTING_ENDPOINT
from genai_templates.options import Dispatch
from tests.faults.queue_scenarios import queue_scenarios
from tests.faults.queue_world import QueueWorld
from tests.faults.scenarios import Scenario
from tests.faults.tally import expected, run
from tests.faults.world import UNTHROTTLED
from tests.lifecycle.jobs import PROMPT, finished, made
from tests.lifecycle.stacks import artifact_keys
from tests.waiting import until

AT_ONCE = ENVIRONMENTS
# ``make faults`` plays the others, and more jobs.
SCENARIOS = [each for each in queue_scenarios(5) if each.name.startswith(("hand-over", "events", "messages received"))]
PAUSE = 900
"""The longest that a message is hidden until the next try."""


def template(dispatch: Dispatch) -> str:
    return ImageStack(hosting=Hosting.EXISTING, dispatch=dispatch).to_json()


@pytest.fixture(scope="module")
def stack(make_stack: Callable[..., EmulatedStack]) -> EmulatedStack:
    """The application with a queue."""
    chosen = {**UNTHROTTLED, **QueueWorld.parameters, "DeleteImagesWithStack": "true"}
    stack = make_stack("image", **chosen)
    stack.parameters |= artifact_keys(stack)
    stack.template = template(Dispatch.QUEUE)
    stack.create()
    return stack


@pytest.fixture
def chaos(emulator: Emulator) -> Iterator[Chaos]:
    """Faults that end with the test."""
    with Chaos(emulator) as chaos:
        yield chaos


def submitted(stack: EmulatedStack) -> str:
    return str(stack.call("POST", "/generate", PROMPT).json()["job_id"])


def status_of(stack: EmulatedStack, job_id: str) -> str:
    return str(stack.call("GET", f"/generate/{job_id}").json()["status"])


def messages(stack: EmulatedStack, logical_id: str) -> int:
    """Return how many messages are in a queue, hidden ones too."""
    names: Any = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    url = stack.resources[logical_id]
    return sum(
        map(int, stack.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"].values())
    )


def held_model(stack: EmulatedStack) -> InjectedFault:
    function = stack.resources["EndpointCallFunction"]
    return InjectedFault("sagemaker", "InvokeEndpoint", FaultEffect.BLOCKED, function=function)


def given_up(stack: EmulatedStack, chaos: Chaos, job_id: str) -> dict[str, Any]:
    """Let all the tries of a job fail, and return it when its message is in the queue behind."""

    def is_dead() -> bool | None:
        chaos.forward_queue(stack.resources["JobQueue"], PAUSE)
        return True if messages(stack, "DeadJobsQueue") else None

    until(is_dead)
    job: dict[str, Any] = stack.call("GET", f"/generate/{job_id}").json()
    return job


def ended_in_time(stack: EmulatedStack, job_id: str) -> dict[str, Any]:
    """Return a job when its time is over."""
    stack.client("dynamodb").update_item(
        TableName=stack.resources["JobTable"],
        Key={"job_id": {"S": job_id}},
        UpdateExpression="SET finish_by = :zero, lease_expires_at = :zero",
        ExpressionAttributeValues={":zero": {"N": "0"}},
    )
    job: dict[str, Any] = stack.call("GET", f"/generate/{job_id}").json()
    return job


def test_a_job_goes_through_the_queue(stack: EmulatedStack) -> None:
    assert made(stack, PROMPT)["status"] == "SUCCEEDED"
    for _ in range(2):
        assert stack.call("POST", "/generate", PROMPT, headers={"Idempotency-Key": "the-same"}).status == 202
    assert stack.call("GET", "/status").json()["ready"]
    until(lambda: True if messages(stack, "JobQueue") == 0 else None)
    assert "FailedJobsQueue" not in stack.resources


def test_a_burst_reaches_the_model_in_turn(stack: EmulatedStack, chaos: Chaos) -> None:
    chaos.function_faults(held_model(stack))
    job_ids = [submitted(stack) for _ in range(2 * AT_ONCE)]
    chaos.wait_for_calls(AT_ONCE)
    until(lambda: True if [status_of(stack, each) for each in job_ids].count("RUNNING") == AT_ONCE else None)
    assert [status_of(stack, each) for each in job_ids].count("QUEUED") == AT_ONCE
    assert chaos.calls_met() == [AT_ONCE]
    chaos.end()
    assert {finished(stack, each)["status"] for each in job_ids} == {"SUCCEEDED"}


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_queued_jobs_survive(stack: EmulatedStack, scenario: Scenario) -> None:
    """None is lost, none hangs, none is done twice, and every reason can be read."""
    world = QueueWorld(stack.emulator, stack, stack)
    assert expected(scenario, run(world, scenario)) == []


def test_a_job_that_is_given_up_has_failed_and_can_be_brought_back(stack: EmulatedStack, chaos: Chaos) -> None:
    chaos.model_fault(EXISTING_ENDPOINT, ModelFault.SERVER_ERROR)
    job = given_up(stack, chaos, job_id := submitted(stack))
    assert (job["status"], job["error"]["code"]) == ("FAILED", "retries_exhausted")
    assert job["error"]["message"].startswith("The model failed, even when tried again")
    chaos.end()
    queue = stack.client("sqs").get_queue_attributes(
        QueueUrl=stack.resources["DeadJobsQueue"], AttributeNames=["QueueArn"]
    )
    stack.client("sqs").start_message_move_task(SourceArn=queue["Attributes"]["QueueArn"])
    until(lambda: True if status_of(stack, job_id) == "SUCCEEDED" else None)
    until(lambda: True if messages(stack, "JobQueue") == messages(stack, "DeadJobsQueue") == 0 else None)


def test_alarms_look_at_both_queues(stack: EmulatedStack) -> None:
    found = stack.client("cloudwatch").describe_alarms(
        AlarmNames=[stack.resources["JobsWait"], stack.resources["DeadJobs"]]
    )["MetricAlarms"]
    metrics = [each["Metrics"][0]["MetricStat"]["Metric"] for each in found]
    queues = {each["MetricName"]: each["Dimensions"][0]["Value"] for each in metrics}
    assert queues == {
        "ApproximateAgeOfOldestMessage": stack.resources["JobQueue"].rpartition("/")[2],
        "ApproximateNumberOfMessagesVisible": stack.resources["DeadJobsQueue"].rpartition("/")[2],
    }


def test_jobs_under_way_end_whatever_the_option_is_changed_to(stack: EmulatedStack, chaos: Chaos) -> None:
    for dispatch in (Dispatch.EVENT, Dispatch.QUEUE):
        chaos.function_faults(held_model(stack))
        job_ids = [submitted(stack) for _ in range(AT_ONCE + 1)]
        chaos.wait_for_calls(AT_ONCE)
        stack.update(template(dispatch))
        assert ("JobQueue" in stack.resources) is (dispatch is Dispatch.QUEUE)
        assert ("FailedJobsQueue" in stack.resources) is (dispatch is Dispatch.EVENT)
        chaos.end()
        assert made(stack, PROMPT)["status"] == "SUCCEEDED"
        if dispatch is Dispatch.EVENT:
            chaos.model_fault(EXISTING_ENDPOINT, ModelFault.SERVER_ERROR)
            assert made(stack, PROMPT)["error"]["code"] == "retries_exhausted"
            chaos.end()
        for job_id in job_ids:
            job = ended_in_time(stack, job_id)
            assert job["status"] == "SUCCEEDED" or job["error"]["code"] == "expired", job


def test_a_stack_goes_with_what_is_in_its_queues(stack: EmulatedStack, chaos: Chaos) -> None:
    chaos.function_faults(held_model(stack))
    for _ in range(2 * AT_ONCE):
        submitted(stack)
    chaos.end()
    # Jobs under way find their table gone: what is refused them then says nothing of their permissions.
    assert stack.permissions().refused == ()
    stack.delete()
    report = stack.permissions()
    assert report.unused == {}, report.lines()
    left = stack.client("sqs").list_queues(QueueNamePrefix=stack.name)
    assert left.get("QueueUrls", []) == []
