"""How each fault of the image application is played: accept jobs, break something, return the ids of the jobs."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from genai_templates.local.chaos import UNTIL_ENDED, InjectedFault, ModelFault
from genai_templates.local.protocol import ENVIRONMENTS
from tests.faults.world import PROCESS, SHOW, START, World, accepted, at_once
from tests.waiting import until

JOBS = 20
FEW_JOBS = 5
"""Where each costs much, or stands for many requests."""
TRIES = 3
"""Of a job that fails each time: JobRetries is 2."""

Play = Callable[[World], list[str]]


def held_of(jobs: int) -> int:
    """Return how many of so many jobs are at work at once when calls are held: a small scenario may have few."""
    return min(jobs, ENVIRONMENTS)


def in_flight(
    *then: Callable[[World], InjectedFault], fault: ModelFault | None = None, times: int = UNTIL_ENDED, jobs: int = JOBS
) -> Play:
    """Accept all jobs while the first of them wait for the model, and play the faults from then on."""

    def play(world: World) -> list[str]:
        with world.model_held(*(each(world) for each in then), calls=held_of(jobs)):
            if fault is not None:
                world.play(fault, times)
            return world.submit(jobs)

    return play


def from_the_start(*faults: Callable[[World], InjectedFault], jobs: int = JOBS) -> Play:
    def play(world: World) -> list[str]:
        world.chaos.function_faults(*(each(world) for each in faults))
        return world.submit(jobs)

    return play


def throttled(action: str, times: int, function: str = "") -> Callable[[World], InjectedFault]:
    """Refuse calls of this function, or of the one that stores images."""
    code = "ProvisionedThroughputExceededException"
    return lambda world: world.refusal("dynamodb", action, code, times=times, function=function or world.storing)


def lost(action: str, times: int, function: str = "") -> Callable[[World], InjectedFault]:
    """Lose responses to calls of this function, or of the one that stores images."""
    return lambda world: world.lost_response("dynamodb", action, times=times, function=function or world.storing)


def busy_bucket(times: int) -> Callable[[World], InjectedFault]:
    return lambda world: world.refusal("s3", "PutObject", "SlowDown", times=times, function=world.storing, status=503)


def closed_bucket(world: World) -> InjectedFault:
    return world.refusal("s3", "PutObject", "AccessDenied", times=UNTIL_ENDED, function=world.storing, status=403)


def busy_lambda(world: World) -> InjectedFault:
    return world.refusal("lambda", "InvokeFunction", "TooManyRequestsException", times=6, function=START, status=429)


def pixels_alone(fault: ModelFault) -> Play:
    def play(world: World) -> list[str]:
        world.chaos.model_without_jpeg(world.endpoint)
        return in_flight(fault=fault, jobs=FEW_JOBS)(world)

    return play


def asking(world: World) -> tuple[str, str]:
    """Return the service and the action of a function that asks the model."""
    return world.service, world.invocation


def storing(world: World) -> tuple[str, str]:
    """Return those of a function that stores an image."""
    return "s3", "PutObject"


def killed(at_work: Callable[[World], tuple[str, str]], *, leases_end: bool, jobs: int = JOBS) -> Play:
    """Kill the processes that are at work, in the middle of a call."""

    def play(world: World) -> list[str]:
        with world.held(*at_work(world), calls=held_of(jobs), dropped=True) as wait_until_held:
            job_ids = world.submit(jobs)
            wait_until_held()
            running = [job_id for job_id, item in world.items(job_ids).items() if item["status"] == "RUNNING"]
            assert world.kill(PROCESS) == held_of(jobs) == len(running)
            if leases_end:
                world.set_all(running, lease_expires_at=0)
        if not leases_end:  # before Lambda has given up
            until(lambda: True if world.waiting_failures() == held_of(jobs) else None)
            world.set_all(running, lease_expires_at=0)
        return job_ids

    return play


def start_killed(world: World) -> list[str]:
    """Kill the function that takes requests after it has written jobs, and ask again when its time is over."""
    with (
        world.held("lambda", "InvokeFunction", function=START, dropped=True) as wait_until_held,
        ThreadPoolExecutor(ENVIRONMENTS) as pool,
    ):
        responses = [pool.submit(world.send, f"killed-{number}", number) for number in range(ENVIRONMENTS)]
        wait_until_held()
        assert world.kill(START) == ENVIRONMENTS
        assert {each.result().status for each in responses} == {502}
    world.set_all(world.queued(), dispatch_by=0)
    again = at_once(lambda number: accepted(world.send(f"killed-{number}", number)), ENVIRONMENTS)
    return again + world.submit(JOBS - ENVIRONMENTS)


def same_key_at_once(world: World) -> list[str]:
    """Ask under each key from many threads at once."""
    requests = 10 * FEW_JOBS
    job_ids = at_once(lambda n: accepted(world.send(f"same-{n % FEW_JOBS}", n % FEW_JOBS)), requests, threads=10)
    return sorted(set(job_ids))


def event_at_once(world: World) -> list[str]:
    """Deliver events again while their jobs are under way, and those of all other jobs twice."""
    with world.model_held(calls=2) as wait_until_held:
        first = world.submit(2)
        wait_until_held()
        for job_id in first:
            response = world.image.client("lambda").invoke(
                FunctionName=world.functions[PROCESS], Payload=json.dumps({"job_id": job_id})
            )
            assert json.loads(response["Payload"].read())["errorType"] == "JobIsRunning"
            world.deliver(job_id)
        more = world.submit(JOBS - 2)
        for job_id in more:
            world.deliver(job_id)
    return first + more


def no_destination(world: World) -> list[str]:
    """Fail every job while Lambda cannot tell anybody: there is no destination, so nobody marks the jobs."""
    function = world.functions[PROCESS]
    settings = world.image.client("lambda").get_function_event_invoke_config(FunctionName=function, Qualifier="$LATEST")
    items_before: dict[str, Any] = {"FunctionName": function, "Qualifier": "$LATEST"}
    items_before |= {name: settings[name] for name in ("MaximumRetryAttempts", "MaximumEventAgeInSeconds")}
    world.image.client("lambda").put_function_event_invoke_config(**items_before)
    try:
        calls_before = world.model_calls()
        job_ids = in_flight(fault=ModelFault.SERVER_ERROR)(world)
        until(lambda: True if world.model_calls() - calls_before == JOBS * TRIES else None)
        until(lambda: True if len(world.queued()) == JOBS else None)
        world.set_all(job_ids, finish_by=0)
    finally:
        destination = settings["DestinationConfig"]
        world.image.client("lambda").put_function_event_invoke_config(**items_before, DestinationConfig=destination)
    return job_ids


def expired(world: World) -> list[str]:
    """Let the retention of jobs pass, and look for them before DynamoDB has deleted them."""
    job_ids = world.submit(2)
    world.wait_until_ended(job_ids)
    world.set_all(job_ids, expires_at=time.time() - 1)
    for job_id in (*job_ids, "0" * 32):
        assert (world.show(job_id).status, world.show(job_id).json()["error"]["code"]) == (404, "not_found")
    latest = world.call(world.image, "GET", "/generate")
    assert latest.status == 404 or latest.json()["job_id"] not in job_ids
    return world.submit(JOBS - 2)


def busy_while_shown(world: World) -> list[str]:
    """Refuse to read jobs while the page looks at them."""
    job_ids = world.submit(JOBS)
    world.chaos.function_faults(throttled("GetItem", 9, SHOW)(world))
    responses = at_once(lambda number: world.show(job_ids[number]), JOBS)
    assert {response.status for response in responses} <= {200, 503}
    world.reported += [response.body.decode() for response in responses]
    return job_ids
