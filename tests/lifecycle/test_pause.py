"""A native endpoint that is paused and resumed: by its parameter, and by schedules under their role.

The tests of the text stack follow its life: each begins with what the one before it left.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from genai_templates import Hosting, ImageStack
from genai_templates.apps import APPS
from genai_templates.local import EmulatedStack, Emulator
from genai_templates.packaging.artifacts import make_inline_artifacts
from tests.lifecycle.jobs import PROMPT, made
from tests.lifecycle.stacks import failure_of, models_in_account, own_names

REQUEST = {"text": "A text that is long enough to be summarized."}
SCHEDULES = {
    "ResumeSchedule": "cron(0 8 ? * MON-FRI 2199)",  # a year that does not come while a test runs
    "PauseSchedule": "cron(0 18 ? * MON-FRI 2199)",
    "ScheduleTimeZone": "Europe/Berlin",
}


@pytest.fixture(scope="module")
def others(emulator: Emulator) -> set[str]:
    """What the account had before the stack: what other tests left there."""
    return models_in_account(emulator.client)


@pytest.fixture(scope="module")
def stack(make_stack: Callable[..., EmulatedStack], others: set[str]) -> EmulatedStack:
    """A text stack whose endpoint scales."""
    created = make_stack("text", Hosting.NATIVE, MaxInstances="2")
    created.create()
    return created


def is_there(stack: EmulatedStack) -> bool:
    names = [each["EndpointName"] for each in stack.client("sagemaker").list_endpoints()["Endpoints"]]
    return stack.outputs["EndpointName"] in names


def planned(stack: EmulatedStack, state: str) -> dict[str, str]:
    """Return what a change set with another state of the model would do, by logical id."""
    client, kept = stack.client("cloudformation"), parameters(stack).keys() - {"ModelState"}
    created = client.create_change_set(
        StackName=stack.stack_id,
        ChangeSetName=f"to-{state}",
        UsePreviousTemplate=True,
        Parameters=[
            {"ParameterKey": "ModelState", "ParameterValue": state},
            *({"ParameterKey": name, "UsePreviousValue": True} for name in kept),
        ],
        Capabilities=["CAPABILITY_IAM"],
    )["Id"]
    client.get_waiter("change_set_create_complete").wait(ChangeSetName=created, WaiterConfig={"Delay": 0})
    changes = client.describe_change_set(ChangeSetName=created)["Changes"]
    client.delete_change_set(ChangeSetName=created)
    return {each["ResourceChange"]["LogicalResourceId"]: each["ResourceChange"]["Action"] for each in changes}


def parameters(stack: EmulatedStack) -> dict[str, str]:
    described = stack.client("cloudformation").describe_stacks(StackName=stack.stack_id)["Stacks"][0]
    return {each["ParameterKey"]: each["ParameterValue"] for each in described["Parameters"]}


def refusal(stack: EmulatedStack) -> tuple[int, str]:
    response = stack.call("POST", "/summarize", REQUEST)
    return response.status, response.json()["error"]["code"]


ON_AND_OFF = {"Endpoint", "ScalableTarget", "FollowRequests"}


def test_a_pause_takes_the_endpoint_away_and_nothing_else(stack: EmulatedStack) -> None:
    outputs, resources = stack.outputs, stack.resources
    assert planned(stack, "PAUSED") == dict.fromkeys(ON_AND_OFF, "Remove")
    stack.update(ModelState="PAUSED")
    assert not is_there(stack)
    assert stack.outputs == outputs
    assert stack.resources == {name: each for name, each in resources.items() if name not in ON_AND_OFF}


def test_a_paused_model_says_so(stack: EmulatedStack) -> None:
    assert stack.call("GET", "/status").json() == {"ready": False, "state": "paused", "endpoint_status": "NotFound"}
    response = stack.call("POST", "/summarize", REQUEST)
    assert (response.status, response.json()["error"]["code"]) == (503, "model_paused")
    assert "paused" in response.json()["error"]["message"]
    assert int(response.headers["Retry-After"]) > 0


def test_other_parameters_can_change_meanwhile(stack: EmulatedStack) -> None:
    # An instance type that scales is otherwise changed in two updates.
    before = stack.resources
    stack.update(InstanceType="ml.g5.4xlarge", LogRetentionDays="30", **SCHEDULES)
    assert stack.resources["EndpointConfig"] != before["EndpointConfig"]
    assert stack.resources.keys() - before.keys() == {"PauseModelSchedule", "ResumeModelSchedule", "ScheduleRole"}
    assert not is_there(stack)
    schedule = stack.client("scheduler").get_schedule(Name=stack.resources["ResumeModelSchedule"])
    assert schedule["ScheduleExpressionTimezone"] == "Europe/Berlin"


def test_a_resumed_model_responds_as_it_is_configured_by_now(stack: EmulatedStack) -> None:
    assert planned(stack, "RUNNING") == dict.fromkeys(ON_AND_OFF, "Add")
    stack.update(ModelState="RUNNING")
    assert stack.call("POST", "/summarize", REQUEST).status == 200
    assert stack.call("GET", "/status").json()["state"] == "ready"
    described = stack.client("sagemaker").describe_endpoint(EndpointName=stack.outputs["EndpointName"])
    config = stack.client("sagemaker").describe_endpoint_config(EndpointConfigName=described["EndpointConfigName"])
    assert config["ProductionVariants"][0]["InstanceType"] == "ml.g5.4xlarge"


def test_schedules_pause_and_resume_under_their_role_and_change_nothing_else(stack: EmulatedStack) -> None:
    before = parameters(stack)
    stack.run_schedule("PauseModelSchedule")
    assert not is_there(stack)
    assert parameters(stack) == {**before, "ModelState": "PAUSED"}
    assert refusal(stack) == (503, "model_paused")
    stack.run_schedule("ResumeModelSchedule")
    assert parameters(stack) == before
    assert stack.call("POST", "/summarize", REQUEST).status == 200


def test_a_schedule_that_finds_the_model_as_it_should_be_does_nothing(stack: EmulatedStack) -> None:
    before = len(stack.events)
    reason = str(failure_of(lambda: stack.run_schedule("ResumeModelSchedule")))
    assert "No updates are to be performed" in reason
    assert len(stack.events) == before


def test_the_schedules_role_may_do_no_more_than_that(stack: EmulatedStack) -> None:
    report = stack.permissions()
    assert report.refused == (), report.lines()
    assert [name for name in report.unused if name.endswith("Schedule")] == [], report.lines()


def test_a_stack_is_deleted_while_its_model_is_paused(stack: EmulatedStack, others: set[str]) -> None:
    stack.run_schedule("PauseModelSchedule")
    own = own_names(stack)
    assert len(own & models_in_account(stack.client)) == 4  # the configuration, the model and two schedules
    stack.delete()
    assert models_in_account(stack.client) <= others


def test_a_job_for_a_paused_model_fails_at_once_and_says_why(emulator: Emulator) -> None:
    template = ImageStack(hosting=Hosting.NATIVE, artifacts=make_inline_artifacts(APPS["image"])).to_json()
    with EmulatedStack(template, "image-paused", {"ModelState": "PAUSED"}, emulator=emulator) as stack:
        assert stack.call("GET", "/status").json()["state"] == "paused"
        job = made(stack, PROMPT)
        assert (job["status"], job["error"]["code"]) == ("FAILED", "model_paused")
        stack.update(ModelState="RUNNING")
        assert made(stack, PROMPT)["status"] == "SUCCEEDED"
