"""``redrive``: which jobs were given up and why, and another try for all of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from genai_templates.aws.policy.command_permissions import PERMISSIONS
from tests.aws.account import EmulatedAccount
from tests.aws.commands import Finished, Running
from tests.aws.small_stacks import LOG_GROUP, create_stack
from tests.aws.test_policy import PLACE, Deployer, written
from tests.aws.wire import Wire

Run = Callable[..., Finished]
_KEY = {"AttributeName": "job_id"}
_BEHIND = {"deadLetterTargetArn": {"Fn::GetAtt": ["DeadJobsQueue", "Arn"]}, "maxReceiveCount": 1}
_TABLE = {
    "BillingMode": "PAY_PER_REQUEST",
    "AttributeDefinitions": [{**_KEY, "AttributeType": "S"}],
    "KeySchema": [{**_KEY, "KeyType": "HASH"}],
}
RESOURCES: dict[str, Any] = {
    "DeadJobsQueue": {"Type": "AWS::SQS::Queue"},
    "JobQueue": {"Type": "AWS::SQS::Queue", "Properties": {"RedrivePolicy": _BEHIND}},
    "JobTable": {"Type": "AWS::DynamoDB::Table", "Properties": _TABLE},
}
FAILED = ("retries_exhausted", "The model failed, even when tried again; please try again later.")
EXPIRED = ("expired", "The job waited too long for the model; please try again later.")


class Jobs:
    """The jobs of a stack that has what jobs need, and nothing else."""

    def __init__(self, account: EmulatedAccount) -> None:
        create_stack(account, "genai-image", RESOURCES, tags={"genai-templates:app": "image"})
        found = account.client("cloudformation").list_stack_resources(StackName="genai-image")
        self._names = {
            each["LogicalResourceId"]: each["PhysicalResourceId"] for each in found["StackResourceSummaries"]
        }
        self._account = account
        self._number = 0

    def give_up(self, reason: tuple[str, str] | None, count: int = 1) -> None:
        """Put so many jobs into the queue behind, given up for this reason; without one the table knows nothing."""
        for _ in range(count):
            self._number += 1
            job_id = f"{self._number:032x}"
            if reason is not None:
                item = {"job_id": {"S": job_id}, "error_code": {"S": reason[0]}, "error_message": {"S": reason[1]}}
                self._account.client("dynamodb").put_item(TableName=self._names["JobTable"], Item=item)
            body = json.dumps({"job_id": job_id})
            self._account.client("sqs").send_message(QueueUrl=self._names["DeadJobsQueue"], MessageBody=body)

    def count(self, queue: str) -> int:
        """Return how many messages a queue has."""
        name: Any = "ApproximateNumberOfMessages"
        url = self._names[queue]
        found = self._account.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=[name])
        return int(found["Attributes"][name])


@pytest.fixture
def deployer(account: EmulatedAccount, monkeypatch: pytest.MonkeyPatch) -> Deployer:
    """Whoever tries jobs again."""
    return Deployer(account, monkeypatch)


@pytest.fixture
def jobs(account: EmulatedAccount) -> Jobs:
    """A stack with a queue of jobs."""
    return Jobs(account)


def test_a_stack_without_a_queue_of_jobs_is_told_apart(account: EmulatedAccount, run: Run) -> None:
    create_stack(account, "genai-image", {"Logs": LOG_GROUP}, tags={"genai-templates:app": "image"})
    result = run("redrive", "image", "--yes")
    assert result.code == 1
    assert "genai-image has no queue of jobs" in result.stderr
    assert "--dispatch queue" in result.stderr


def test_where_nothing_was_given_up_nothing_is_done(jobs: Jobs, run: Run, wire: Wire) -> None:
    result = run("redrive", "image", "--yes")
    assert (result.code, result.lines) == (0, ["genai-image: 0 jobs given up, 0 jobs waiting or at work"])
    assert not [call for call in wire.calls if call.operation == "StartMessageMoveTask"]


def test_without_consent_it_is_a_look_that_changes_nothing(jobs: Jobs, run: Run) -> None:
    jobs.give_up(FAILED, 3)
    jobs.give_up(EXPIRED)
    jobs.give_up(None)
    result = run("redrive", "image")
    assert (result.code, result.stderr) == (1, "")
    assert result.lines == [
        "genai-image: 5 jobs given up, 0 jobs waiting or at work",
        f"  3 of 5 looked at: {FAILED[0]}: {FAILED[1]}",
        f"  1 of 5 looked at: {EXPIRED[0]}: {EXPIRED[1]}",
        "  1 of 5 looked at: gone: The job is not kept any more: its message will be dropped.",
        "nothing was changed: give --yes to have them tried again",
    ]
    assert (jobs.count("DeadJobsQueue"), jobs.count("JobQueue")) == (5, 0)


def test_with_consent_all_of_them_are_tried_again(
    jobs: Jobs, run: Run, deployer: Deployer, tmp_path: Path, account: EmulatedAccount
) -> None:
    jobs.give_up(FAILED, 12)
    deployer.become(written(run, tmp_path / "policies", "image", *PLACE))
    result = run("redrive", "image", "--yes")
    assert result.code == 0, result.stderr
    assert f"  10 of 10 looked at: {FAILED[0]}: {FAILED[1]}" in result.lines
    assert result.lines[-1].startswith("12 jobs in the queue again")
    assert (jobs.count("DeadJobsQueue"), jobs.count("JobQueue")) == (0, 12)
    assert deployer.refused() == []
    needed = {action for row in PERMISSIONS if "redrive" in row.commands for action in row.actions}
    assert needed == deployer.used() - {"sts:GetCallerIdentity"}


def test_a_person_who_says_no_changes_nothing(jobs: Jobs, start: Callable[..., Running]) -> None:
    jobs.give_up(FAILED)
    running = start("redrive", "image")
    running.read_until("Have the 1 job tried again? [y/N]")
    running.enter("n\n")
    assert running.wait().code == 1
    assert (jobs.count("DeadJobsQueue"), jobs.count("JobQueue")) == (1, 0)


def test_a_move_that_fails_says_so(jobs: Jobs, run: Run, wire: Wire) -> None:
    jobs.give_up(FAILED)
    task = {"Status": "FAILED", "ApproximateNumberOfMessagesMoved": 0, "FailureReason": "AccessDenied"}
    wire.respond("sqs", "ListMessageMoveTasks", {"Results": [task]})
    result = run("redrive", "image", "--yes")
    assert result.code == 1
    assert "the move ended as FAILED after 0 jobs: AccessDenied" in result.stderr


def test_a_move_that_goes_on_is_joined(jobs: Jobs, run: Run, wire: Wire) -> None:
    jobs.give_up(FAILED)
    moving = {"Status": "RUNNING", "ApproximateNumberOfMessagesMoved": 1, "ApproximateNumberOfMessagesToMove": 2}
    wire.respond("sqs", "ListMessageMoveTasks", {"Results": [{**moving, "Status": "COMPLETED"}]})
    wire.respond("sqs", "ListMessageMoveTasks", {"Results": [moving]}, times=2)
    result = run("redrive", "image", "--yes")
    assert result.code == 0, result.stderr
    assert not [call for call in wire.calls if call.operation == "StartMessageMoveTask"]
