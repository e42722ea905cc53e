"""Lines that arrive when they like come out in order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from genai_templates.aws.logs.lines import LogLine
from genai_templates.aws.logs.order import TimeOrder

HOLD = 3.0


def line(timestamp: int, event_id: str = "") -> LogLine:
    return LogLine(timestamp, "Api", "", "group", "stream", event_id or str(timestamp))


ARRIVALS = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 50)), max_size=30)
"""Lines in the order of their arrival: seconds after the one before, and a timestamp."""


@given(ARRIVALS)
def test_every_line_comes_out_once(arrivals: list[tuple[int, int]]) -> None:
    order, now, taken = TimeOrder(HOLD), 0.0, []
    for number, (pause, timestamp) in enumerate(arrivals):
        now += pause
        added = line(timestamp, str(number))
        order.add([added, added], now)
        order.add([added], now)
        taken += order.take(now)
    taken += order.take(now + HOLD)
    assert sorted(int(each.event_id) for each in taken) == list(range(len(arrivals)))


@given(ARRIVALS)
def test_what_arrives_within_the_time_of_holding_comes_out_in_order(arrivals: list[tuple[int, int]]) -> None:
    order = TimeOrder(HOLD)
    for number, (_, timestamp) in enumerate(arrivals):
        order.add([line(timestamp, str(number))], number * HOLD / 31)
        assert order.take(number * HOLD / 31) == []
    times = [each.timestamp for each in order.take(2 * HOLD)]
    assert times == sorted(times)
    assert len(times) == len(arrivals)


def test_an_earlier_line_that_arrives_later_comes_first() -> None:
    order = TimeOrder(HOLD)
    order.add([line(2)], 0)
    order.add([line(1)], 2)
    assert order.take(2.9) == []
    assert [each.timestamp for each in order.take(3)] == [1, 2]


def test_a_line_that_arrives_too_late_is_not_lost() -> None:
    order = TimeOrder(HOLD)
    order.add([line(2)], 0)
    assert order.take(3) == [line(2)]
    order.add([line(1)], 3)
    assert order.take(6) == [line(1)]


def test_what_is_forgotten_is_new_again() -> None:
    order = TimeOrder(HOLD)
    order.add([line(1), line(2)], 0)
    order.take(HOLD)
    order.forget(before=2)
    order.add([line(1), line(2)], 10)
    assert order.take(20) == [line(1)]
