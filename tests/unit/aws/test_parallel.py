"""Several calls at once."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genai_templates.aws.parallel import in_parallel


@given(st.lists(st.integers(), max_size=40))
def test_results_have_the_order_of_the_items(items: list[int]) -> None:
    found = in_parallel(lambda item: item + 1, items)
    assert [each.result() for each in found] == [item + 1 for item in items]


def test_calls_are_made_at_the_same_time() -> None:
    together = threading.Barrier(8, timeout=60)
    assert all(each.exception() is None for each in in_parallel(lambda _: together.wait(), range(8), workers=8))


def test_no_more_calls_are_made_at_once_than_is_allowed() -> None:
    slots = threading.Semaphore(3)

    def call(_: int) -> bool:
        is_free = slots.acquire(blocking=False)
        slots.release()
        return is_free

    assert all(each.result() for each in in_parallel(call, range(50), workers=3))


def test_what_an_item_raises_is_kept_for_whoever_asks_for_its_result_and_the_others_are_done() -> None:
    def call(item: int) -> int:
        if item == 0:
            raise ValueError("the first")
        return item

    first, *others = in_parallel(call, range(5))
    assert [each.result() for each in others] == [1, 2, 3, 4]
    with pytest.raises(ValueError, match="the first"):
        first.result()
