"""How long requests wait for the model: a simulation, one event after the other.

Requests arrive at random, independently of each other (a Poisson process), and wait in one queue, first come first
served, for one of the slots of all instances. One queue is the best that several instances can do: SageMaker gives
each instance requests without knowing how long they will take.

A try that waits for longer than it may gives up its place; one that is under way by then is lost to who sent it, while
the model works on it to the end. Either comes again after a while, as a new try at the end of the queue, until there
are no retries left: the request is then refused. This is why an endpoint with more to do than it can serves next to
nobody: when a request's turn comes, most of its time is over.

Not simulated: the throttle of the API, the concurrency of Lambda, cold starts, and a container's own limit of what it
lets wait.
"""

from __future__ import annotations

import heapq
import math
import random
from collections.abc import Callable, Sequence
from typing import NamedTuple

MOST_ARRIVALS = 20_000
"""How many requests are simulated: in a tenth of a second, and enough for a 95th percentile good to a few percent."""


class Arrival(NamedTuple):
    """A request: the second at which it arrives, and how many seconds the model will work on it."""

    at: float
    seconds: float


class Outcome(NamedTuple):
    """What became of a request.

    ``waited`` are the seconds that its last try was in the queue, ``took`` those from its arrival to the response or
    to the end of its last try.
    """

    served: bool
    waited: float
    took: float


class Patience(NamedTuple):
    """How long a try may take, in seconds, and how many seconds after a try that failed the next one comes."""

    try_seconds: float = math.inf
    retry_seconds: tuple[float, ...] = ()


FOREVER = Patience()
"""Nobody gives up."""


class Run(NamedTuple):
    """A simulation's end: what became of each request, in the order of arrival.

    ``utilisation`` is the share of the slots' time in which the model worked.
    """

    outcomes: list[Outcome]
    utilisation: float


class Waiting(NamedTuple):
    """What people would wait, from the request to the response, of those who got one.

    ``refused`` is the share of requests that got none, ``utilisation`` the share of the slots' time in which the model
    worked. The times are None when nobody got a response.
    """

    requests: int
    median_seconds: float | None
    percentile_95_seconds: float | None
    refused: float
    utilisation: float


def make_arrivals(
    number: int, *, requests_per_hour: float, service_seconds: Callable[[random.Random], float], seed: int
) -> list[Arrival]:
    """Return so many requests of a steady traffic; the same ones for the same seed."""
    generator = random.Random(seed)
    arrivals, now = [], 0.0
    for _ in range(number):
        now += generator.expovariate(requests_per_hour / 3600)
        arrivals.append(Arrival(now, service_seconds(generator)))
    return arrivals


def log_normal(median_seconds: float, sigma: float) -> Callable[[random.Random], float]:
    """Return a log-normal service time, of this median and this deviation of the logarithm."""
    mu = math.log(median_seconds)
    return lambda generator: generator.lognormvariate(mu, sigma)


def simulate(arrivals: Sequence[Arrival], *, slots: int, patience: Patience = FOREVER) -> Run:
    """Return what becomes of each of the requests, which come in the order of their arrival."""
    outcomes: dict[int, Outcome] = {}
    free_at = [0.0] * slots
    busy_seconds = 0.0
    tries = [(arrival.at, number, 0) for number, arrival in enumerate(arrivals)]
    while tries:
        at, number, retries = heapq.heappop(tries)
        arrival = arrivals[number]
        begins, gives_up = max(at, free_at[0]), at + patience.try_seconds
        if begins < gives_up:
            ends = begins + arrival.seconds
            heapq.heapreplace(free_at, ends)
            busy_seconds += arrival.seconds
            if ends <= gives_up:
                outcomes[number] = Outcome(True, begins - at, ends - arrival.at)
                continue
        if retries < len(patience.retry_seconds):
            heapq.heappush(tries, (gives_up + patience.retry_seconds[retries], number, retries + 1))
        else:
            outcomes[number] = Outcome(False, min(begins, gives_up) - at, gives_up - arrival.at)
    end = max(free_at)
    in_order = [outcomes[number] for number in range(len(arrivals))]
    return Run(in_order, busy_seconds / (slots * end) if end else 0.0)


def summarize(run: Run) -> Waiting:
    """Return what people would wait."""
    took = sorted(outcome.took for outcome in run.outcomes if outcome.served)
    requests = len(run.outcomes)
    return Waiting(
        requests=requests,
        median_seconds=_percentile(took, 0.5),
        percentile_95_seconds=_percentile(took, 0.95),
        refused=(requests - len(took)) / requests if requests else 0.0,
        utilisation=run.utilisation,
    )


def _percentile(ordered: Sequence[float], share: float) -> float | None:
    """Return the smallest value that at least this share of the values does not exceed."""
    return ordered[math.ceil(share * len(ordered)) - 1] if ordered else None
