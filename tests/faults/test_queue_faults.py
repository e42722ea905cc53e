"""No image job of a queue is lost, none hangs, none is done twice, and every reason can be read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.queue_scenarios import queue_scenarios
from tests.faults.queue_world import QueueWorld
from tests.faults.scenarios import Scenario
from tests.faults.tally import expected, run
from tests.faults.world import World, opened

_JOBS = 5
"""``make faults`` has more of them, and every fault of the other ways and hostings too."""

# What tests/unit/handlers/jobs/test_queued_jobs.py plays with one job is for ``make faults`` alone.
_ELSEWHERE = ("marking", "next try")
_SCENARIOS = [each for each in queue_scenarios(_JOBS) if not each.name.startswith(_ELSEWHERE)]


@pytest.fixture(scope="module")
def queue_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The application, and whoever plays its users and its faults."""
    with opened(tmp_path_factory.mktemp("build"), kind=QueueWorld, apps=("image",)) as world:
        yield world


@pytest.mark.parametrize("scenario", _SCENARIOS, ids=lambda scenario: scenario.name)
def test_queued_jobs_survive(queue_world: World, scenario: Scenario) -> None:
    assert expected(scenario, run(queue_world, scenario)) == []
