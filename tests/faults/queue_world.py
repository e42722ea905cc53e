"""The image application with a queue of jobs, whose clock its users can turn, and how its own faults are played."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from genai_templates.local import EmulatedStack, Emulator
from genai_templates.local.chaos import InjectedFault, ModelFault
from genai_templates.local.protocol import ENVIRONMENTS
from genai_templates.options import Dispatch
from tests.faults.plays import Play, held_of
from tests.faults.world import PROCESS, START, World, accepted, at_once
from tests.waiting import until

_PAUSE = 0.3
_HURRY_SECONDS = 60.0
HIDDEN_SECONDS = 541
_NO_ROOM = 4


class QueueWorld(World):
    """The stack; what is hidden in its queue comes back two hundred times as fast while its jobs are waited for."""

    dispatch = Dispatch.QUEUE
    parameters: ClassVar[Mapping[str, str]] = {"JobConcurrency": str(ENVIRONMENTS)}

    def __init__(self, emulator: Emulator, image: EmulatedStack, text: EmulatedStack) -> None:
        super().__init__(emulator, image, text)
        self.queue, self.dead = self.functions["JobQueue"], self.functions["DeadJobsQueue"]
        self.sqs = image.client("sqs")
        self._hurried = 0.0

    def deliver(self, job_id: str) -> None:
        """Send the message of a job once more, as SQS may deliver it twice."""
        self.sqs.send_message(QueueUrl=self.queue, MessageBody=json.dumps({"job_id": job_id}))

    def event_of(self, job_id: str) -> object:
        """Return an event with the message of the job, as it was first sent."""
        sent = datetime.fromisoformat(self.items([job_id])[job_id]["created_at"]).timestamp()
        record = {
            "messageId": "again",
            "receiptHandle": "again",
            "body": json.dumps({"job_id": job_id}),
            "attributes": {"SentTimestamp": str(int(sent * 1000)), "ApproximateReceiveCount": "1"},
        }
        return {"Records": [record]}

    def messages(self, queue: str) -> int:
        """Return how many messages a queue has, hidden ones too."""
        names: Any = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        return sum(map(int, self.sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=names)["Attributes"].values()))

    def waiting_failures(self) -> int:
        """Return how many messages of jobs are in the queue."""
        return self.messages(self.queue)

    def prepare(self) -> None:
        """Leave the queue as it is: its clock is turned."""

    def hurry(self) -> None:
        """Turn the queue's clock."""
        if time.monotonic() - self._hurried > _PAUSE:
            self._hurried = time.monotonic()
            self.chaos.forward_queue(self.queue, _HURRY_SECONDS)

    def settle(self) -> None:
        """Wait until nothing is left in the queue of jobs."""

        def is_empty() -> bool | None:
            self.hurry()
            return True if self.messages(self.queue) == 0 else None

        until(is_empty)

    def calm(self) -> None:
        """End every fault, and wait until nothing that one has begun is left in the queue of jobs."""
        super().calm()
        self.settle()

    def redrive(self) -> None:
        """Move all that was given up back into the queue of jobs."""
        names: Any = ["QueueArn"]
        arn = self.sqs.get_queue_attributes(QueueUrl=self.dead, AttributeNames=names)["Attributes"]["QueueArn"]
        self.sqs.start_message_move_task(SourceArn=arn)
        until(lambda: True if self.messages(self.dead) == 0 else None)


def of_queue(world: World) -> QueueWorld:
    """Return a world as the one with a queue that it is."""
    assert isinstance(world, QueueWorld)
    return world


def send_refused(times: int) -> Any:
    """Refuse to take messages."""
    return lambda world: world.refusal(
        "sqs", "SendMessage", "ServiceUnavailable", times=times, function=START, status=503
    )


def send_lost(times: int) -> Any:
    """Lose responses that say a message was taken."""
    return lambda world: world.lost_response("sqs", "SendMessage", times=times, function=START)


def postponing_refused(world: World) -> InjectedFault:
    """Refuse to say when a message is to come again."""
    return world.refusal("sqs", "ChangeMessageVisibility", "InternalError", times=5, function=PROCESS, status=500)


def delivered_twice(jobs: int) -> Play:
    """Deliver all messages again: of jobs that are under way, and of those that wait."""

    def play(world: World) -> list[str]:
        with world.model_held(calls=held_of(jobs)):
            job_ids = world.submit(jobs)
            for job_id in job_ids:
                world.deliver(job_id)
        return job_ids

    return play


def visible_at_work(jobs: int) -> Play:
    """Let the time be over for which messages are hidden, while their jobs are under way."""

    def play(world: World) -> list[str]:
        with world.model_held(calls=held_of(jobs)) as wait_until_held:
            job_ids = world.submit(jobs)
            wait_until_held()
            world.chaos.forward_queue(of_queue(world).queue, HIDDEN_SECONDS)
        return job_ids

    return play


def without_room(jobs: int) -> Play:
    """Receive messages so often that wait, and do nothing with them, as Lambda does while it has no room."""

    def play(world: World) -> list[str]:
        with world.model_held(calls=ENVIRONMENTS) as wait_until_held:
            job_ids = world.submit(jobs)
            wait_until_held()
            for _ in range(_NO_ROOM):
                of_queue(world).sqs.receive_message(
                    QueueUrl=of_queue(world).queue, MaxNumberOfMessages=10, VisibilityTimeout=0
                )
        return job_ids

    return play


def start_killed(jobs: int) -> Play:
    """Kill the function that takes requests after it has written jobs, and ask again when its time is over."""

    def play(world: World) -> list[str]:
        from concurrent.futures import ThreadPoolExecutor

        count = held_of(jobs)
        with (
            world.held("sqs", "SendMessage", function=START, calls=count, dropped=True) as wait_until_held,
            ThreadPoolExecutor(count) as pool,
        ):
            responses = [pool.submit(world.send, f"queue-killed-{number}", number) for number in range(count)]
            wait_until_held()
            assert world.kill(START) == count
            assert {each.result().status for each in responses} == {502}
        world.set_all(world.queued(), dispatch_by=0)
        again = at_once(lambda number: accepted(world.send(f"queue-killed-{number}", number)), count)
        return again + world.submit(jobs - count)

    return play


def redriven(jobs: int) -> Play:
    """Give all jobs up, and move them back: each is done then, and twice moved is once done."""

    def play(world: World) -> list[str]:
        queued = of_queue(world)
        queued.sqs.purge_queue(QueueUrl=queued.dead)  # of what scenarios before have left
        world.play(ModelFault.SERVER_ERROR)
        job_ids = world.submit(jobs)
        world.wait_until_ended(job_ids)
        queued.settle()
        assert queued.messages(queued.dead) >= jobs
        queued.calm()
        queued.redrive()
        _wait_until_done(queued, job_ids)
        for job_id in job_ids:
            queued.deliver(job_id)
        queued.settle()
        return job_ids

    return play


def _wait_until_done(world: QueueWorld, job_ids: Sequence[str]) -> None:
    def are_done() -> bool | None:
        world.hurry()
        return True if {each["status"] for each in world.items(job_ids).values()} == {"SUCCEEDED"} else None

    until(are_done)
