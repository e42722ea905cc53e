"""How often a model is awake that sleeps while nobody uses it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genai_templates.costs.simulation import Arrival
from genai_templates.costs.sleep import Sleep, sleep_of


def arrivals(*minutes: float) -> list[Arrival]:
    return [Arrival(60 * minute, 1.0) for minute in minutes]


def test_without_requests_the_model_never_wakes() -> None:
    assert sleep_of([], idle_minutes=10) == Sleep(0.0, 0.0)


def test_each_request_after_a_long_pause_wakes_the_model() -> None:
    # Ten minutes to wake and ten until it sleeps, of a hundred minutes each: the last one ends after 220.
    sleep = sleep_of(arrivals(0, 100, 200), idle_minutes=10)
    assert sleep.wakes == 1
    assert sleep.awake == pytest.approx(60 / 220)


def test_a_request_while_it_is_awake_keeps_it_awake() -> None:
    # Awake from 0 to 30 minutes by the first and the second, which comes at the last moment.
    sleep = sleep_of(arrivals(0, 19.9, 100), idle_minutes=10)
    assert sleep.wakes == pytest.approx(2 / 3)
    assert sleep.awake == pytest.approx((29.9 + 20) / 120)


def test_requests_that_come_while_it_wakes_do_not_wake_it_again() -> None:
    assert sleep_of(arrivals(0, 1, 2, 3), idle_minutes=10).wakes == 0.25


@given(
    st.lists(st.floats(0.01, 1000), min_size=1, max_size=50),
    st.integers(1, 120),
)
def test_shares_are_shares_and_no_pause_that_is_too_short_wakes(gaps: list[float], idle_minutes: int) -> None:
    moments = [sum(gaps[: number + 1]) for number in range(len(gaps))]
    sleep = sleep_of(arrivals(*moments), idle_minutes=idle_minutes)
    assert 0 < sleep.awake <= 1
    assert 1 / len(gaps) <= sleep.wakes <= 1
    long = sum(gap >= idle_minutes for gap in gaps[1:])
    assert sleep.wakes * len(gaps) <= long + 1 + 1e-9
