"""Calls at the same time."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genai_templates.aws.preflight.threads import in_threads


@given(st.lists(st.integers(), max_size=40))
def test_results_have_the_order_of_the_items(items: list[int]) -> None:
    assert in_threads(lambda item: item + 1, items) == [item + 1 for item in items]


def test_calls_are_made_at_the_same_time() -> None:
    together = threading.Barrier(8, timeout=60)
    assert len(in_threads(lambda _: together.wait(), range(8))) == 8


def test_what_an_item_raises_is_raised_after_all_are_done() -> None:
    done: list[int] = []

    def call(item: int) -> None:
        if item == 0:
            raise ValueError("the first")
        done.append(item)

    with pytest.raises(ValueError, match="the first"):
        in_threads(call, range(5))
    assert sorted(done) == [1, 2, 3, 4]
