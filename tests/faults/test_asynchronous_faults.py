"""No image job of an asynchronous endpoint is lost, none hangs, none is done twice, and every reason can be read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.asynchronous_scenarios import asynchronous_scenarios
from tests.faults.asynchronous_world import AsynchronousWorld, opened
from tests.faults.scenarios import Scenario
from tests.faults.tally import expected, run

_JOBS = 5
"""``make faults`` has more of them, and every fault of the other hostings too."""

# What tests/lifecycle/test_scale_to_zero_image.py plays with one job is for ``make faults`` alone.
_ELSEWHERE = ("results never", "failures", "asleep until")
_SCENARIOS = [each for each in asynchronous_scenarios(_JOBS) if not each.name.startswith(_ELSEWHERE)]


@pytest.fixture(scope="module")
def asynchronous_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AsynchronousWorld]:
    """The application, and whoever plays its users and its faults."""
    with opened(tmp_path_factory.mktemp("build"), jobs=_JOBS) as world:
        yield world


@pytest.mark.parametrize("scenario", _SCENARIOS, ids=lambda scenario: scenario.name)
def test_handed_over_jobs_survive(asynchronous_world: AsynchronousWorld, scenario: Scenario) -> None:
    assert expected(scenario, run(asynchronous_world, scenario)) == []
