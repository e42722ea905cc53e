"""The faults that the image application has to survive with a queue of jobs.

Those of every hosting, with the same end, but for what only events have; and those of the queue.
"""

from __future__ import annotations

from genai_templates.local.chaos import ModelFault
from tests.faults.plays import JOBS, TRIES, asking, from_the_start, held_of, in_flight, killed, throttled
from tests.faults.queue_world import (
    delivered_twice,
    postponing_refused,
    redriven,
    send_lost,
    send_refused,
    start_killed,
    visible_at_work,
    without_room,
)
from tests.faults.scenarios import SCENARIOS, Scenario
from tests.faults.world import PROCESS

_OF_EVENTS = (
    "process killed, lease outlives retries",  # a message comes again when the lease is long over
    "nobody told of failed jobs",  # the function that processes jobs marks them itself
    "same key at once, from 10 threads",
)


def queue_scenarios(jobs: int) -> tuple[Scenario, ...]:
    """Return the faults that there are with a queue alone, with so many jobs each, or that are otherwise there."""
    few = held_of(jobs)

    def scenario(name: str, play: object, **more: object) -> Scenario:
        return Scenario(name, play, **{"jobs": jobs, "calls": jobs, **more})  # type: ignore[arg-type]

    return (
        scenario("hand-over refused for a while", from_the_start(send_refused(few), jobs=jobs)),
        scenario("hand-over's answers lost", from_the_start(send_lost(few), jobs=jobs)),
        scenario("API's function killed before hand-over", start_killed(jobs)),
        scenario("events delivered twice, also at once", delivered_twice(jobs)),
        scenario("messages visible while at work", visible_at_work(jobs)),
        scenario("messages received without room", without_room(jobs)),
        scenario(
            "process killed while it asks the model", killed(asking, leases_end=True, jobs=jobs), calls=jobs + few
        ),
        scenario(
            "next try cannot be postponed",
            in_flight(postponing_refused, fault=ModelFault.SERVER_ERROR, times=few, jobs=jobs),
            calls=jobs + few,
        ),
        scenario(
            "marking FAILED refused for a while",
            in_flight(throttled("UpdateItem", 6, PROCESS), fault=ModelFault.SERVER_ERROR, jobs=jobs),
            failed={"retries_exhausted": jobs},
            calls=jobs * TRIES - few,
            spare_calls=few,
        ),
        scenario("given up, and moved back", redriven(jobs), calls=jobs * TRIES + jobs),
    )


ALL_SCENARIOS = tuple(
    {each.name: each for each in (*SCENARIOS, *queue_scenarios(JOBS)) if each.name not in _OF_EVENTS}.values()
)
"""Every fault, at its full number of jobs."""
