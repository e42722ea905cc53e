"""Message move tasks of the emulated SQS: one at a time, cancelled, and asked of IAM as a whole."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import boto3
import pytest

from genai_templates.local import Emulator
from genai_templates.local.emulator import REGION
from tests.lifecycle.stacks import refused
from tests.waiting import until

COUNT: Any = "ApproximateNumberOfMessages"


class Queues:
    """A queue of jobs and the one behind it, with messages in the latter."""

    def __init__(self, emulator: Emulator, name: str) -> None:
        self.sqs = emulator.client("sqs")
        self.dead = self.sqs.create_queue(QueueName=f"{name}-dead")["QueueUrl"]
        policy = json.dumps({"deadLetterTargetArn": self.arn(self.dead), "maxReceiveCount": 1})
        self.jobs = self.sqs.create_queue(QueueName=name, Attributes={"RedrivePolicy": policy})["QueueUrl"]
        for number in range(3):
            self.sqs.send_message(QueueUrl=self.dead, MessageBody=str(number))

    def arn(self, url: str) -> str:
        return str(self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"])

    def count(self, url: str) -> int:
        return int(self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[COUNT])["Attributes"][COUNT])

    def start(self, **more: Any) -> str:
        """Start a task to the queue of jobs, and return its handle."""
        return str(
            self.sqs.start_message_move_task(SourceArn=self.arn(self.dead), DestinationArn=self.arn(self.jobs), **more)[
                "TaskHandle"
            ]
        )

    def latest(self) -> dict[str, Any]:
        task: dict[str, Any] = self.sqs.list_message_move_tasks(SourceArn=self.arn(self.dead))["Results"][0]
        return task


@pytest.fixture
def make_queues(emulator: Emulator) -> Callable[[str], Queues]:
    """Make queues of this name."""
    return lambda name: Queues(emulator, name)


def test_one_task_runs_at_a_time_and_can_be_cancelled(make_queues: Callable[[str], Queues]) -> None:
    queues = make_queues("slow")
    handle = queues.start(MaxNumberOfMessagesPerSecond=1)
    until(lambda: True if queues.latest()["ApproximateNumberOfMessagesMoved"] else None)
    assert queues.latest()["Status"] == "RUNNING"
    assert refused(queues.start) == "InvalidParameterValue"
    moved = queues.sqs.cancel_message_move_task(TaskHandle=handle)["ApproximateNumberOfMessagesMoved"]
    assert (queues.count(queues.dead), queues.count(queues.jobs)) == (3 - moved, moved)
    assert queues.latest()["Status"] == "CANCELLED"
    assert refused(lambda: queues.sqs.cancel_message_move_task(TaskHandle=handle)) == "ResourceNotFoundException"


def test_queues_that_are_not_there_are_refused(make_queues: Callable[[str], Queues]) -> None:
    queues = make_queues("wrong")
    gone = queues.arn(queues.dead) + "-gone"
    start = queues.sqs.start_message_move_task
    assert refused(lambda: start(SourceArn=gone)) == "ResourceNotFoundException"
    assert refused(lambda: start(SourceArn=queues.arn(queues.dead), DestinationArn=gone)) == "ResourceNotFoundException"


def test_who_may_not_send_to_the_destination_moves_nothing(
    emulator: Emulator, make_queues: Callable[[str], Queues]
) -> None:
    queues = make_queues("guarded")
    iam = emulator.client("iam")
    iam.create_user(UserName="mover")
    actions = ["StartMessageMoveTask", "ReceiveMessage", "DeleteMessage", "GetQueueAttributes"]
    statement = {"Effect": "Allow", "Action": [f"sqs:{each}" for each in actions], "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.put_user_policy(UserName="mover", PolicyName="move", PolicyDocument=document)
    key = iam.create_access_key(UserName="mover")["AccessKey"]
    mover = boto3.client(
        "sqs",
        REGION,
        endpoint_url=emulator.url,
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
    )
    source, destination = queues.arn(queues.dead), queues.arn(queues.jobs)
    move = mover.start_message_move_task
    assert refused(lambda: move(SourceArn=source, DestinationArn=destination)) == "AccessDeniedException"
    assert queues.count(queues.dead) == 3
