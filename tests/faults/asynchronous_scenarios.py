"""The faults that the image application has to survive on an asynchronous endpoint.

Those of every hosting, with the same meaning where a fault meets another function, and those of the hand-over, the
queue and the messages.
"""

from __future__ import annotations

from dataclasses import replace

from genai_templates.local.chaos import ModelFault
from tests.faults.asynchronous_plays import (
    announced,
    completion_killed,
    completion_unreported,
    hand_over_unknown,
    never_woken,
    played,
    while_held,
    without_messages,
    woken,
)
from tests.faults.plays import JOBS, TRIES, closed_bucket, in_flight, lost, throttled
from tests.faults.scenarios import SCENARIOS, Scenario
from tests.faults.world import COMPLETE, PROCESS

_BY_NAME = {scenario.name: scenario for scenario in SCENARIOS}
_MODEL_FAILED = "The model failed, even when tried again"


def _again(name: str, **changes: object) -> Scenario:
    return replace(_BY_NAME[name], **changes)  # type: ignore[arg-type]


_PLAYED_OTHERWISE = (
    _again("process killed while it stores images", play=played(completion_killed), calls=JOBS),
    _again("S3 refuses for good", calls=JOBS),  # what the model has made is there
    _again("DynamoDB refuses marking RUNNING", spare_calls=3),
    _again(
        "marking FAILED refused for a while",
        play=in_flight(throttled("UpdateItem", 6, COMPLETE), fault=ModelFault.SERVER_ERROR),
        spare_calls=4,
    ),
    _again("nobody told of failed jobs", play=played(completion_unreported), calls=JOBS),
)


def asynchronous_scenarios(jobs: int) -> tuple[Scenario, ...]:
    """Return the faults that there are with an asynchronous endpoint alone, with so many jobs each."""
    few = max(1, jobs * 2 // 5)

    def scenario(name: str, play: object, **more: object) -> Scenario:
        return Scenario(name, play, **{"jobs": jobs, "calls": jobs, **more})  # type: ignore[arg-type]

    return (
        scenario("asleep, woken by the jobs", played(woken)),
        scenario(
            "asleep until the jobs' time is over",
            played(never_woken),
            failed={"expired": jobs},
            reason="The job waited too long for the model; please try again later.",
        ),
        scenario("results told of twice", announced(2)),
        scenario("results never told of", played(without_messages)),
        scenario("results come before the hand-over is noted", hand_over_unknown(few), spare_calls=few),
        scenario(
            "failures told of, for a while",
            in_flight(fault=ModelFault.SERVER_ERROR, times=few, jobs=jobs),
            calls=jobs + few,
        ),
        scenario(
            "failures told of, for good",
            in_flight(fault=ModelFault.SERVER_ERROR, jobs=jobs),
            failed={"retries_exhausted": jobs},
            reason=_MODEL_FAILED,
            calls=jobs * TRIES,
        ),
        scenario(
            "completion fails for good",
            while_held(closed_bucket),
            failed={"retries_exhausted": jobs},
            reason="The job could not be finished, even when tried again.",
        ),
        scenario("completion killed", played(completion_killed)),
        scenario("DynamoDB refuses completions", while_held(throttled("UpdateItem", few))),
        scenario("DynamoDB loses answers, completions", while_held(lost("UpdateItem", min(few, 6)))),
        scenario(
            "DynamoDB refuses noting hand-overs",
            in_flight(throttled("UpdateItem", few, PROCESS), jobs=jobs),
            spare_calls=few,
        ),
    )


ALL_SCENARIOS = (
    *({each.name: each for each in (*SCENARIOS, *_PLAYED_OTHERWISE)}.values()),
    *asynchronous_scenarios(JOBS),
)
"""Every fault, at its full number of jobs."""
