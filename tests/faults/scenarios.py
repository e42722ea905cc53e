"""The faults that the image application has to survive, and what has to come of its jobs.

The tests and the printed table are both made from this list.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from genai_templates.local.chaos import ModelFault
from genai_templates.local.protocol import ENVIRONMENTS
from tests.faults.plays import (
    FEW_JOBS,
    JOBS,
    TRIES,
    Play,
    asking,
    busy_bucket,
    busy_lambda,
    busy_while_shown,
    closed_bucket,
    event_at_once,
    expired,
    from_the_start,
    in_flight,
    killed,
    lost,
    no_destination,
    pixels_alone,
    same_key_at_once,
    start_killed,
    storing,
    throttled,
)
from tests.faults.world import MARK, PROCESS, PROMPT, START


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


_FOR_GOOD = {"retries_exhausted": JOBS}
_MALFORMED = {"malformed_response": JOBS}

SCENARIOS = (
    Scenario("no fault", in_flight()),
    Scenario("endpoint throttles for a while", in_flight(fault=ModelFault.THROTTLED, times=8), calls=JOBS + 8),
    Scenario(
        "endpoint throttles for good",
        in_flight(fault=ModelFault.THROTTLED),
        failed=_FOR_GOOD,
        reason="The model had too much to do; please try again later.",
        calls=JOBS * TRIES,
    ),
    Scenario(
        "endpoint times out for good",
        in_flight(fault=ModelFault.TIMED_OUT),
        failed=_FOR_GOOD,
        reason="The model did not answer in time",
        calls=JOBS * TRIES,
    ),
    Scenario(
        "endpoint answers 4xx",
        in_flight(fault=ModelFault.CLIENT_ERROR),
        failed={"invalid_request": JOBS},
        reason="The model did not accept the request.",
    ),
    Scenario("endpoint answers 5xx for a while", in_flight(fault=ModelFault.SERVER_ERROR, times=8), calls=JOBS + 8),
    Scenario("endpoint not ready for a while", in_flight(fault=ModelFault.NOT_READY, times=8), calls=JOBS + 8),
    Scenario("connection lost for a while", in_flight(fault=ModelFault.CONNECTION_LOST, times=8), calls=JOBS + 8),
    Scenario(
        "endpoint answers malformed JSON",
        in_flight(fault=ModelFault.MALFORMED_JSON),
        failed=_MALFORMED,
        reason="The model's response could not be read.",
    ),
    Scenario(
        "endpoint answers truncated JPEGs",
        in_flight(fault=ModelFault.TRUNCATED),
        failed=_MALFORMED,
        reason="The model's response holds something that is not an image.",
    ),
    Scenario(
        "endpoint answers truncated arrays",
        pixels_alone(ModelFault.TRUNCATED),
        failed={"malformed_response": FEW_JOBS},
        reason="The rows of the model's image differ in length.",
        jobs=FEW_JOBS,
        calls=FEW_JOBS,
    ),
    Scenario(
        "endpoint answers another size",
        in_flight(fault=ModelFault.OTHER_SIZE),
        failed=_MALFORMED,
        reason=f"instead of {PROMPT['width']} x {PROMPT['height']}.",
    ),
    Scenario(
        "endpoint answers no image",
        in_flight(fault=ModelFault.NOT_AN_IMAGE),
        failed=_MALFORMED,
        reason="The model's response holds something that is not an image.",
    ),
    Scenario(
        "process killed while it asks the model",
        killed(asking, leases_end=True),
        calls=JOBS + ENVIRONMENTS,
    ),
    Scenario(
        "process killed while it stores images",
        killed(storing, leases_end=True),
        calls=JOBS + ENVIRONMENTS,
    ),
    Scenario(
        "process killed, lease outlives retries",
        killed(asking, leases_end=False),
        failed={"retries_exhausted": ENVIRONMENTS},
        reason="The work on the job broke off; please try again.",
    ),
    Scenario("API's function killed before hand-over", start_killed),
    Scenario("events delivered twice, also at once", event_at_once),
    Scenario("same key at once, from 10 threads", same_key_at_once, jobs=FEW_JOBS, calls=FEW_JOBS),
    Scenario("hand-over refused for a while", from_the_start(busy_lambda)),
    Scenario("S3 refuses for a while", in_flight(busy_bucket(10)), spare_calls=3),
    Scenario(
        "S3 refuses for good",
        in_flight(closed_bucket),
        failed=_FOR_GOOD,
        reason="The job could not be finished, even when tried again.",
        calls=JOBS * TRIES,
    ),
    Scenario("DynamoDB refuses new jobs for a while", from_the_start(throttled("PutItem", 12, START))),
    Scenario("DynamoDB refuses marking RUNNING", from_the_start(throttled("UpdateItem", 10, PROCESS))),
    Scenario("DynamoDB refuses marking SUCCEEDED", in_flight(throttled("UpdateItem", 6)), spare_calls=2),
    Scenario("DynamoDB refuses the latest image", in_flight(throttled("PutItem", 10))),
    Scenario("DynamoDB refuses to show jobs", busy_while_shown),
    Scenario("DynamoDB loses answers, new jobs", from_the_start(lost("PutItem", 10, START))),
    Scenario("DynamoDB loses answers, marking RUNNING", from_the_start(lost("UpdateItem", 6, PROCESS))),
    Scenario("DynamoDB loses answers, marking SUCCEEDED", in_flight(lost("UpdateItem", 6))),
    Scenario(
        "marking FAILED refused for a while",
        in_flight(throttled("UpdateItem", 6, MARK), fault=ModelFault.SERVER_ERROR),
        failed=_FOR_GOOD,
        reason="The model failed, even when tried again",
        calls=JOBS * TRIES,
    ),
    Scenario(
        "nobody told of failed jobs",
        no_destination,
        failed={"expired": JOBS},
        reason="The job could not be finished in time; please try again.",
        calls=JOBS * TRIES,
    ),
    Scenario("time to live has passed", expired, jobs=JOBS - 2),
)
