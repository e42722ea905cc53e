"""How faults are played of what only an asynchronous endpoint has: the hand-over, the queue, the messages."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from typing import Any

from genai_templates.local import ModelOptions
from genai_templates.local.chaos import UNTIL_ENDED, FaultEffect, InjectedFault
from tests.faults.asynchronous_world import AsynchronousWorld
from tests.faults.plays import Play, held_of
from tests.faults.world import COMPLETE, World, at_once
from tests.waiting import until

AsynchronousPlay = Callable[[AsynchronousWorld], list[str]]
_HOUR = 3600


def played(play: AsynchronousPlay) -> Play:
    """Return a play of the asynchronous application as one of any."""

    def play_asynchronous(world: World) -> list[str]:
        assert isinstance(world, AsynchronousWorld)
        return play(world)

    return play_asynchronous


def while_held(*then: Callable[[World], InjectedFault]) -> Play:
    """Accept all jobs while SageMaker's messages are held, and play the faults from then on."""

    def play(world: AsynchronousWorld) -> list[str]:
        world.chaos.notifications(held=True)
        job_ids = world.submit(world.jobs)
        world.handed_over(job_ids)
        world.chaos.function_faults(*(each(world) for each in then))
        world.chaos.notifications()
        return job_ids

    return played(play)


def announced(copies: int) -> Play:
    """Have each result told of so often."""

    def play(world: AsynchronousWorld) -> list[str]:
        world.chaos.notifications(copies=copies)
        job_ids = world.submit(world.jobs)
        world.wait_until_ended(job_ids)
        return job_ids

    return played(play)


def without_messages(world: AsynchronousWorld) -> list[str]:
    """Lose every message; look at the jobs when a message would long have come."""
    world.chaos.notifications(copies=0)
    before = world.results()
    job_ids = world.submit(world.jobs)
    world.handed_over(job_ids)
    until(lambda: True if world.results() - before >= world.jobs else None)
    world.set_all(job_ids, look_from=0)
    at_once(lambda number: world.show(job_ids[number]), world.jobs)
    return job_ids


def hand_over_unknown(times: int) -> Play:
    """Lose responses of the endpoint that has taken a job: its result comes though nobody noted the hand-over."""

    def play(world: AsynchronousWorld) -> list[str]:
        world.chaos.function_faults(
            InjectedFault(
                "sagemaker",
                world.invocation,
                FaultEffect.RESPONSE_LOST,
                times,
                function=world.functions["EndpointCallFunction"],
            )
        )
        return world.submit(world.jobs)

    return played(play)


def never_woken(world: AsynchronousWorld) -> list[str]:
    """Let jobs wait for an endpoint that does not wake before their time is over."""
    world.chaos.fall_asleep(world.endpoint)
    world.emulator.use_model(ModelOptions(wake_seconds=_HOUR))
    job_ids = world.submit(world.jobs)
    world.handed_over(job_ids)
    assert world.chaos.expire_requests(world.endpoint) == world.jobs
    return job_ids


def woken(world: AsynchronousWorld) -> list[str]:
    """Let jobs wait for an endpoint that is woken by them."""
    world.chaos.fall_asleep(world.endpoint)
    world.emulator.use_model(ModelOptions(wake_seconds=1))
    return world.submit(world.jobs)


def completion_killed(world: AsynchronousWorld) -> list[str]:
    """Kill the processes that store images, and let the time of their leases pass."""
    at_work = held_of(world.jobs)
    with world.held("s3", "PutObject", function=COMPLETE, calls=at_work, dropped=True) as wait_until_held:
        job_ids = world.submit(world.jobs)
        wait_until_held()
        assert world.kill(COMPLETE) == at_work
        world.set_all(job_ids, resumed_until=0, lease_expires_at=0)
    return job_ids


def completion_unreported(world: AsynchronousWorld) -> list[str]:
    """Let no image be stored while Lambda cannot tell anybody: nobody marks the jobs."""
    with _without_destination(world):
        world.chaos.function_faults(
            world.refusal("s3", "PutObject", "AccessDenied", times=UNTIL_ENDED, function=COMPLETE, status=403)
        )
        job_ids = world.submit(world.jobs)
        world.handed_over(job_ids)
        until(lambda: True if world.chaos.pending_events() == 0 else None)
        world.set_all(job_ids, finish_by=0, lease_expires_at=0)
    return job_ids


@contextmanager
def _without_destination(world: World) -> Any:
    client, function = world.image.client("lambda"), world.functions[COMPLETE]
    settings = client.get_function_event_invoke_config(FunctionName=function, Qualifier="$LATEST")
    kept: dict[str, Any] = {"FunctionName": function, "Qualifier": "$LATEST"}
    kept |= {name: settings[name] for name in ("MaximumRetryAttempts", "MaximumEventAgeInSeconds")}
    client.put_function_event_invoke_config(**kept)
    try:
        yield
    finally:
        client.put_function_event_invoke_config(**kept, DestinationConfig=settings["DestinationConfig"])
