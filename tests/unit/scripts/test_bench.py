"""The arithmetic and the table of the benchmark, and the order in which it measures."""

from __future__ import annotations

import sys
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genai_templates.options import Hosting
from scripts.benchmarks.cold_start import HANDLERS, Handler
from scripts.benchmarks.figures import Figure, Pair, shown_amount, shown_ratio, summary, table
from scripts.benchmarks.generation import _modules_of, _stacks
from scripts.benchmarks.measuring import alternate, in_fresh_process, output_of, processor_seconds


def _figure(*ratios: float, goal: float | None = 1.15, name: str = "generate") -> Figure:
    return Figure(name=name, against="its imports", pairs=[Pair(ratio * 2, 2.0) for ratio in ratios], goal=goal)


def test_the_ratio_is_the_median_of_the_rounds_ratios() -> None:
    # The slow second round slows both of its halves: its ratio is as good as any other.
    figure = Figure(name="", against="", pairs=[Pair(1.1, 1.0), Pair(9.6, 8.0), Pair(1.3, 1.0)])
    assert figure.ratio == pytest.approx(1.2)
    assert figure.spread == pytest.approx((1.1, 1.3))


def test_a_goal_is_met_by_a_ratio_of_just_its_size() -> None:
    figure = _figure(1.15)
    assert (figure.missed_by, figure.verdict) == (0.0, "met")


def test_a_goal_that_is_missed_says_by_how_much() -> None:
    assert _figure(1.4).verdict == "missed by 0.25"


def test_a_goal_that_is_missed_by_very_little_is_not_called_missed_by_nothing() -> None:
    assert _figure(1.1501).verdict == "missed by 0.0001"


def test_a_figure_without_a_goal_has_no_verdict() -> None:
    figure = _figure(5.0, goal=None)
    assert (figure.missed_by, figure.verdict) == (0.0, "")


def test_the_summary_counts_only_figures_that_have_a_goal() -> None:
    assert summary([_figure(1.0), _figure(2.0), _figure(2.0, goal=None)]) == "1 of 2 goals met"


def test_the_table_shows_ratio_spread_goal_verdict_and_both_amounts() -> None:
    lines = table([_figure(1.25, 1.2, 1.3)]).splitlines()
    shown = " ".join(lines[1].split())
    assert shown == "generate 1.25 1.20..1.30 1.15 missed by 0.10 2.5 s 2.0 s its imports"


def test_the_columns_of_the_table_stand_below_each_other() -> None:
    lines = table([_figure(1.0), _figure(1.0, name="a longer name", goal=None)]).splitlines()
    assert len({line.index("against" if number == 0 else "its imports") for number, line in enumerate(lines)}) == 1


@pytest.mark.parametrize(
    ("ratio", "shown"), [(1.0, "1.00"), (1.149, "1.15"), (0.5, "0.50"), (0.0123, "0.012"), (12.345, "12.35")]
)
def test_a_small_ratio_keeps_two_digits(ratio: float, shown: str) -> None:
    assert shown_ratio(ratio) == shown


@pytest.mark.parametrize(
    ("amount", "unit", "shown"),
    [(0.00305, "s", "3.05 ms"), (0.15, "s", "150 ms"), (14.32, "s", "14.3 s"), (31.64, "MB", "31.6 MB")],
)
def test_an_amount_has_the_unit_in_which_it_is_easily_read(amount: float, unit: str, shown: str) -> None:
    assert shown_amount(amount, unit) == shown


@given(st.lists(st.floats(0.01, 100), min_size=1), st.floats(0.01, 100))
def test_the_ratio_lies_within_its_spread_and_is_missed_or_met(ratios: list[float], goal: float) -> None:
    figure = _figure(*ratios, goal=goal)
    lowest, highest = figure.spread
    assert lowest <= figure.ratio <= highest
    assert (figure.verdict == "met") == (figure.ratio <= goal)


def test_every_other_round_runs_backwards_after_one_that_does_not_count() -> None:
    order: list[str] = []
    clock = count(1.0)

    def measured(name: str) -> float:
        order.append(name)
        return next(clock)

    pairs = alternate({"a": lambda: measured("a"), "b": lambda: measured("b")}, lambda: measured("reference"), rounds=2)
    assert order == ["reference", "a", "b", "b", "a", "reference", "reference", "a", "b"]
    assert pairs == {"a": [Pair(5.0, 6.0), Pair(8.0, 7.0)], "b": [Pair(4.0, 6.0), Pair(9.0, 7.0)]}


def test_a_command_that_fails_ends_the_benchmark_with_what_it_said() -> None:
    with pytest.raises(SystemExit, match="out of luck"):
        output_of([sys.executable, "-c", "import sys; sys.exit('out of luck')"])


def test_processor_time_is_that_of_the_command_and_does_not_count_waiting() -> None:
    waiting = "import time; time.sleep(0.3)"
    assert 0 < processor_seconds([sys.executable, "-S", "-c", waiting]) < 0.3


def test_a_function_in_a_fresh_process_leaves_nothing_behind() -> None:
    assert in_fresh_process(shown_ratio, 1.5) == "1.50"


def test_the_reference_imports_modules_of_troposphere_and_awacs_alone() -> None:
    modules = _modules_of("import json, troposphere.s3, awacs.s3")
    assert {"troposphere", "troposphere.s3", "awacs.s3"} <= set(modules)
    assert {name.split(".")[0] for name in modules} == {"troposphere", "awacs"}


@pytest.mark.parametrize("handler", HANDLERS, ids=lambda handler: handler.name)
def test_every_handler_finds_its_environment(handler: Handler) -> None:
    code = f"import importlib; print(importlib.import_module({handler.module!r}).__name__)"
    assert output_of([sys.executable, "-c", code], environment=handler.variables).strip() == handler.module


def test_each_hosting_of_each_stack_can_be_generated() -> None:
    names = [name for name, _, _ in _stacks()]
    assert len(set(names)) == len(names) == 3 + 2 * len(Hosting)
    for _, code, _ in _stacks():
        compile(code, "benchmark", "exec")
