"""The simulation of the queue: against the closed form of M/M/c, and what holds for any arrivals."""

from __future__ import annotations

import math
import random
import statistics
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genai_templates.costs.simulation import (
    FOREVER,
    Arrival,
    Outcome,
    Patience,
    log_normal,
    make_arrivals,
    simulate,
    summarize,
)

_BATCHES = 40
_STANDARD_ERRORS = 4


def _erlang_c(servers: int, load: float) -> float:
    """Return the probability that a request of an M/M/c queue has to wait; ``load`` is arrivals by service rate."""
    terms = [load**k / math.factorial(k) for k in range(servers)]
    last = load**servers / math.factorial(servers) * servers / (servers - load)
    return last / (sum(terms) + last)


def _mean_and_error(values: Sequence[float]) -> tuple[float, float]:
    """Return the mean and its standard error by batch means: neighbours in a queue wait alike."""
    size = len(values) // _BATCHES
    means = [statistics.fmean(values[start : start + size]) for start in range(0, size * _BATCHES, size)]
    return statistics.fmean(means), statistics.stdev(means) / math.sqrt(_BATCHES)


@pytest.mark.parametrize(("servers", "utilisation"), [(1, 0.5), (3, 0.7), (8, 0.85)])
def test_waiting_is_that_of_the_closed_form_of_m_m_c(servers: int, utilisation: float) -> None:
    mean_service = 6.0
    per_second = utilisation * servers / mean_service
    arrivals = make_arrivals(
        120_000,
        requests_per_hour=per_second * 3600,
        service_seconds=lambda generator: generator.expovariate(1 / mean_service),
        seed=20_261_126,
    )
    run = simulate(arrivals, slots=servers)
    waits = [outcome.waited for outcome in run.outcomes]
    has_to_wait = _erlang_c(servers, utilisation * servers)
    mean_wait = has_to_wait / (servers / mean_service - per_second)

    mean, error = _mean_and_error(waits)
    assert abs(mean - mean_wait) < _STANDARD_ERRORS * error
    share, error = _mean_and_error([float(wait > 0) for wait in waits])
    assert abs(share - has_to_wait) < _STANDARD_ERRORS * error
    assert run.utilisation == pytest.approx(utilisation, rel=0.02)


def test_the_closed_form_of_one_server_is_its_load() -> None:
    assert _erlang_c(1, 0.5) == pytest.approx(0.5)


def test_the_service_time_has_the_median_that_was_given() -> None:
    generator, draw = random.Random(1), log_normal(6.0, 0.5)
    assert statistics.median(draw(generator) for _ in range(20_000)) == pytest.approx(6.0, rel=0.02)


def test_the_same_seed_gives_the_same_requests_and_another_seed_others() -> None:
    def make(seed: int) -> list[Arrival]:
        return make_arrivals(50, requests_per_hour=100, service_seconds=log_normal(6, 0.5), seed=seed)

    assert make(1) == make(1)
    assert make(1) != make(2)


def test_who_finds_a_free_slot_does_not_wait_and_who_finds_none_does() -> None:
    run = simulate([Arrival(0, 10), Arrival(1, 10), Arrival(2, 10)], slots=2)
    assert run.outcomes == [Outcome(True, 0, 10), Outcome(True, 0, 10), Outcome(True, 8, 18)]
    assert run.utilisation == 30 / 40


def test_who_waits_too_long_gives_up_the_place_in_the_queue() -> None:
    run = simulate([Arrival(0, 100), Arrival(1, 10), Arrival(95, 10)], slots=1, patience=Patience(29))
    assert [outcome.served for outcome in run.outcomes] == [False, False, True]
    assert run.outcomes[1] == Outcome(False, 29, 29)
    assert run.outcomes[2] == Outcome(True, 5, 15)


def test_work_that_takes_too_long_is_lost_and_keeps_its_slot() -> None:
    run = simulate([Arrival(0, 40), Arrival(20, 5)], slots=1, patience=Patience(29))
    assert run.outcomes == [Outcome(False, 0, 29), Outcome(True, 20, 25)]


def test_a_try_that_failed_comes_again_as_often_as_there_are_retries() -> None:
    patience = Patience(10, retry_seconds=(60, 120))
    too_long = simulate([Arrival(0, 30)], slots=1, patience=patience)
    assert too_long.outcomes == [Outcome(False, 0, 10 + 60 + 10 + 120 + 10)]
    second_try = simulate([Arrival(0, 9), Arrival(1, 5)], slots=1, patience=patience)
    assert second_try.outcomes == [Outcome(True, 0, 9), Outcome(True, 0, 10 + 60 + 5)]


_arrivals = st.lists(st.tuples(st.floats(0, 100), st.floats(0.01, 50)), min_size=1, max_size=40).map(
    lambda pairs: [Arrival(*pair) for pair in sorted(pairs)]
)
_patience = st.builds(Patience, st.floats(1, 60), st.lists(st.floats(1, 120), max_size=3).map(tuple))


@given(_arrivals, st.integers(1, 6))
def test_more_slots_make_nobody_wait_longer(arrivals: list[Arrival], slots: int) -> None:
    fewer, more = (simulate(arrivals, slots=number).outcomes for number in (slots, slots + 1))
    assert all(late.waited >= early.waited - 1e-9 for late, early in zip(fewer, more, strict=True))


@given(_arrivals, st.integers(1, 6))
def test_without_impatience_everybody_is_served_in_the_order_of_arrival(arrivals: list[Arrival], slots: int) -> None:
    outcomes = simulate(arrivals, slots=slots, patience=FOREVER).outcomes
    assert all(outcome.served for outcome in outcomes)
    begins = [arrival.at + outcome.waited for arrival, outcome in zip(arrivals, outcomes, strict=True)]
    assert all(second >= first - 1e-9 for first, second in pairwise(begins))


@given(_arrivals, st.integers(1, 6), _patience)
def test_no_request_is_lost_and_none_takes_longer_than_its_tries(
    arrivals: list[Arrival], slots: int, patience: Patience
) -> None:
    run = simulate(arrivals, slots=slots, patience=patience)
    waiting = summarize(run)
    served = sum(outcome.served for outcome in run.outcomes)
    assert waiting.requests == len(arrivals) == len(run.outcomes)
    assert served + round(waiting.refused * len(arrivals)) == len(arrivals)
    longest = sum(patience.retry_seconds) + patience.try_seconds * (1 + len(patience.retry_seconds))
    assert all(0 <= outcome.waited <= outcome.took + 1e-9 <= longest + 1e-6 for outcome in run.outcomes)
    assert 0 <= run.utilisation <= 1 + 1e-9


def test_percentiles_are_of_those_who_were_served() -> None:
    arrivals = [Arrival(1000.0 * number, seconds) for number, seconds in enumerate(range(1, 101))]
    waiting = summarize(simulate(arrivals, slots=1, patience=Patience(50)))
    assert (waiting.median_seconds, waiting.percentile_95_seconds) == (25, 48)
    assert waiting.refused == 0.5


def test_without_anybody_served_there_are_no_percentiles() -> None:
    waiting = summarize(simulate([Arrival(0, 40)], slots=1, patience=Patience(29)))
    assert (waiting.median_seconds, waiting.percentile_95_seconds, waiting.refused) == (None, None, 1.0)
    assert summarize(simulate([], slots=1)).refused == 0
