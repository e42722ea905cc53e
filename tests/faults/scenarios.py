"""The faults that the image application has to survive: how each is played, and what has to come of the jobs.

The tests and the printed table are both made from this list.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from genai_templates.local.protocol import ENVIRONMENTS, Disruption, ModelFault
from tests.faults.world import MARK, PROCESS, PROMPT, SHOW, START, World, accepted, at_once
from tests.lifecycle.deployment import ENDPOINT, until

JOBS = 20
FEW_JOBS = 5
"""Where each costs much, or stands for many requests."""
TRIES = 3
"""Of a job that fails each time: JobRetries is 2."""

Play = Callable[[World], list[str]]


@dataclass(frozen=True)
class Scenario:
    """A fault, played while jobs are in flight: ``play`` returns the ids of those that were accepted.

    ``failed`` says how many of them may end FAILED with which code, ``reason`` is part of what their users read; all
    others have to succeed. ``calls`` is how often the model has to be asked, ``spare_calls`` how often more it may be.
    """

    name: str
    play: Play
    failed: Mapping[str, int] = field(default_factory=dict)
    reason: str = ""
    calls: int = JOBS
    spare_calls: int = 0
    jobs: int = JOBS


def _in_flight(
    *then: Callable[[World], Disruption], fault: ModelFault | None = None, times: int = 1_000_000, jobs: int = JOBS
) -> Play:
    """Accept all jobs while the first of them wait for the model, and play the faults from then on."""

    def play(world: World) -> list[str]:
        with world.held("sagemaker", "InvokeEndpoint", *(each(world) for each in then)):
            if fault is not None:
                world.play(fault, times)
            return world.submit(jobs)

    return play


def _from_the_start(*disruptions: Callable[[World], Disruption]) -> Play:
    def play(world: World) -> list[str]:
        world.emulator.disrupt(*(each(world) for each in disruptions))
        return world.submit(JOBS)

    return play


def _throttled(action: str, times: int, function: str = PROCESS) -> Callable[[World], Disruption]:
    code = "ProvisionedThroughputExceededException"
    return lambda world: world.refusal("dynamodb", action, code, times=times, function=function)


def _lost(action: str, times: int, function: str = PROCESS) -> Callable[[World], Disruption]:
    return lambda world: world.lost_answer("dynamodb", action, times=times, function=function)


def _busy_bucket(times: int) -> Callable[[World], Disruption]:
    return lambda world: world.refusal("s3", "PutObject", "SlowDown", times=times, function=PROCESS, status=503)


def _closed_bucket(world: World) -> Disruption:
    return world.refusal("s3", "PutObject", "AccessDenied", times=1_000_000, function=PROCESS, status=403)


def _busy_lambda(world: World) -> Disruption:
    return world.refusal("lambda", "InvokeFunction", "TooManyRequestsException", times=6, function=START, status=429)


def _pixels_alone(fault: ModelFault) -> Play:
    def play(world: World) -> list[str]:
        world.emulator.allow_jpeg(ENDPOINT, False)
        return _in_flight(fault=fault, jobs=FEW_JOBS)(world)

    return play


def _killed(*, service: str, action: str, leases_end: bool) -> Play:
    """Kill the processes that are at work, in the middle of a call."""

    def play(world: World) -> list[str]:
        with world.held(service, action, dropped=True) as wait_until_held:
            job_ids = world.submit(JOBS)
            wait_until_held()
            running = [job_id for job_id, item in world.items(job_ids).items() if item["status"] == "RUNNING"]
            assert world.kill(PROCESS) == ENVIRONMENTS == len(running)
            if leases_end:
                world.set_all(running, lease_expires_at=0)
        if not leases_end:  # before Lambda has given up
            until(lambda: True if world.waiting_failures() == ENVIRONMENTS else None)
            world.set_all(running, lease_expires_at=0)
        return job_ids

    return play


def _start_killed(world: World) -> list[str]:
    """Kill the function that takes requests after it has written jobs, and ask again when its time is over."""
    with (
        world.held("lambda", "InvokeFunction", function=START, dropped=True) as wait_until_held,
        ThreadPoolExecutor(ENVIRONMENTS) as pool,
    ):
        answers = [pool.submit(world.ask, f"killed-{number}", number) for number in range(ENVIRONMENTS)]
        wait_until_held()
        assert world.kill(START) == ENVIRONMENTS
        assert {each.result().status for each in answers} == {502}
    world.set_all(world.queued(), hand_on_by=0)
    again = at_once(lambda number: accepted(world.ask(f"killed-{number}", number)), ENVIRONMENTS)
    return again + world.submit(JOBS - ENVIRONMENTS)


def _same_key_at_once(world: World) -> list[str]:
    """Ask under each key from many threads at once."""
    requests = 10 * FEW_JOBS
    job_ids = at_once(lambda n: accepted(world.ask(f"same-{n % FEW_JOBS}", n % FEW_JOBS)), requests, threads=10)
    return sorted(set(job_ids))


def _event_at_once(world: World) -> list[str]:
    """Deliver events again while their jobs are under way, and those of all other jobs twice."""
    with world.held("sagemaker", "InvokeEndpoint", calls=2) as wait_until_held:
        first = world.submit(2)
        wait_until_held()
        for job_id in first:
            answer = world.aws.lambda_.invoke(
                FunctionName=world.functions[PROCESS], Payload=json.dumps({"job_id": job_id})
            )
            assert json.loads(answer["Payload"].read())["errorType"] == "JobIsRunning"
            world.deliver(job_id)
        more = world.submit(JOBS - 2)
        for job_id in more:
            world.deliver(job_id)
    return first + more


def _no_destination(world: World) -> list[str]:
    """Fail every job while Lambda cannot tell anybody: there is no destination, so nobody marks the jobs."""
    function = world.functions[PROCESS]
    settings = world.aws.lambda_.get_function_event_invoke_config(FunctionName=function, Qualifier="$LATEST")
    kept: dict[str, Any] = {"FunctionName": function, "Qualifier": "$LATEST"}
    kept |= {name: settings[name] for name in ("MaximumRetryAttempts", "MaximumEventAgeInSeconds")}
    world.aws.lambda_.put_function_event_invoke_config(**kept)
    try:
        asked = world.model_calls()
        job_ids = _in_flight(fault=ModelFault.SERVER_ERROR)(world)
        until(lambda: True if world.model_calls() - asked == JOBS * TRIES else None)
        until(lambda: True if len(world.queued()) == JOBS else None)
        world.set_all(job_ids, give_up_at=0)
    finally:
        destination = settings["DestinationConfig"]
        world.aws.lambda_.put_function_event_invoke_config(**kept, DestinationConfig=destination)
    return job_ids


def _expired(world: World) -> list[str]:
    """Let the retention of jobs pass, and look for them before DynamoDB has deleted them."""
    job_ids = world.submit(2)
    world.wait_until_ended(job_ids)
    world.set_all(job_ids, expires_at=time.time() - 1)
    for job_id in (*job_ids, "0" * 32):
        assert (world.show(job_id).status, world.show(job_id).json()["error"]["code"]) == (404, "not_found")
    latest = world.call(world.image, "GET", "/generate")
    assert latest.status == 404 or latest.json()["job_id"] not in job_ids
    return world.submit(JOBS - 2)


def _busy_while_shown(world: World) -> list[str]:
    """Refuse to read jobs while the page looks at them."""
    job_ids = world.submit(JOBS)
    world.emulator.disrupt(_throttled("GetItem", 9, SHOW)(world))
    answers = at_once(lambda number: world.show(job_ids[number]), JOBS)
    assert {answer.status for answer in answers} <= {200, 503}
    world.told += [answer.body.decode() for answer in answers]
    return job_ids


_FOR_GOOD = {"retries_exhausted": JOBS}
_MALFORMED = {"malformed_answer": JOBS}

SCENARIOS = (
    Scenario("no fault", _in_flight()),
    Scenario("endpoint throttles for a while", _in_flight(fault=ModelFault.THROTTLED, times=8), calls=JOBS + 8),
    Scenario(
        "endpoint throttles for good",
        _in_flight(fault=ModelFault.THROTTLED),
        failed=_FOR_GOOD,
        reason="The model had too much to do; please try again later.",
        calls=JOBS * TRIES,
    ),
    Scenario(
        "endpoint times out for good",
        _in_flight(fault=ModelFault.TIMED_OUT),
        failed=_FOR_GOOD,
        reason="The model did not answer in time",
        calls=JOBS * TRIES,
    ),
    Scenario(
        "endpoint answers 4xx",
        _in_flight(fault=ModelFault.CLIENT_ERROR),
        failed={"invalid_request": JOBS},
        reason="The model did not accept the request.",
    ),
    Scenario("endpoint answers 5xx for a while", _in_flight(fault=ModelFault.SERVER_ERROR, times=8), calls=JOBS + 8),
    Scenario("endpoint not ready for a while", _in_flight(fault=ModelFault.NOT_READY, times=8), calls=JOBS + 8),
    Scenario("connection lost for a while", _in_flight(fault=ModelFault.CONNECTION_LOST, times=8), calls=JOBS + 8),
    Scenario(
        "endpoint answers malformed JSON",
        _in_flight(fault=ModelFault.MALFORMED_JSON),
        failed=_MALFORMED,
        reason="The model's answer could not be read.",
    ),
    Scenario(
        "endpoint answers truncated JPEGs",
        _in_flight(fault=ModelFault.TRUNCATED),
        failed=_MALFORMED,
        reason="The model's answer holds something that is no image.",
    ),
    Scenario(
        "endpoint answers truncated arrays",
        _pixels_alone(ModelFault.TRUNCATED),
        failed={"malformed_answer": FEW_JOBS},
        reason="The rows of the model's image differ in length.",
        jobs=FEW_JOBS,
        calls=FEW_JOBS,
    ),
    Scenario(
        "endpoint answers another size",
        _in_flight(fault=ModelFault.OTHER_SIZE),
        failed=_MALFORMED,
        reason=f"and {PROMPT['width']} x {PROMPT['height']} were asked for.",
    ),
    Scenario(
        "endpoint answers no image",
        _in_flight(fault=ModelFault.NOT_AN_IMAGE),
        failed=_MALFORMED,
        reason="The model's answer holds something that is no image.",
    ),
    Scenario(
        "process killed while it asks the model",
        _killed(service="sagemaker", action="InvokeEndpoint", leases_end=True),
        calls=JOBS + ENVIRONMENTS,
    ),
    Scenario(
        "process killed while it stores images",
        _killed(service="s3", action="PutObject", leases_end=True),
        calls=JOBS + ENVIRONMENTS,
    ),
    Scenario(
        "process killed, lease outlives retries",
        _killed(service="sagemaker", action="InvokeEndpoint", leases_end=False),
        failed={"retries_exhausted": ENVIRONMENTS},
        reason="The work on the image broke off; please try again.",
    ),
    Scenario("API's function killed before hand-over", _start_killed),
    Scenario("events delivered twice, also at once", _event_at_once),
    Scenario("same key at once, from 10 threads", _same_key_at_once, jobs=FEW_JOBS, calls=FEW_JOBS),
    Scenario("hand-over refused for a while", _from_the_start(_busy_lambda)),
    Scenario("S3 refuses for a while", _in_flight(_busy_bucket(10)), spare_calls=3),
    Scenario(
        "S3 refuses for good",
        _in_flight(_closed_bucket),
        failed=_FOR_GOOD,
        reason="The image could not be made, also when tried again.",
        calls=JOBS * TRIES,
    ),
    Scenario("DynamoDB refuses new jobs for a while", _from_the_start(_throttled("PutItem", 12, START))),
    Scenario("DynamoDB refuses marking RUNNING", _from_the_start(_throttled("UpdateItem", 10))),
    Scenario("DynamoDB refuses marking SUCCEEDED", _in_flight(_throttled("UpdateItem", 6)), spare_calls=2),
    Scenario("DynamoDB refuses the latest image", _in_flight(_throttled("PutItem", 10))),
    Scenario("DynamoDB refuses to show jobs", _busy_while_shown),
    Scenario("DynamoDB loses answers, new jobs", _from_the_start(_lost("PutItem", 10, START))),
    Scenario("DynamoDB loses answers, marking RUNNING", _from_the_start(_lost("UpdateItem", 6))),
    Scenario("DynamoDB loses answers, marking SUCCEEDED", _in_flight(_lost("UpdateItem", 6))),
    Scenario(
        "marking FAILED refused for a while",
        _in_flight(_throttled("UpdateItem", 6, MARK), fault=ModelFault.SERVER_ERROR),
        failed=_FOR_GOOD,
        reason="The model failed, also when tried again",
        calls=JOBS * TRIES,
    ),
    Scenario(
        "nobody told of failed jobs",
        _no_destination,
        failed={"expired": JOBS},
        reason="The job could not be finished in time; please try again.",
        calls=JOBS * TRIES,
    ),
    Scenario("time to live has passed", _expired, jobs=JOBS - 2),
)
