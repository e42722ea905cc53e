"""No image job on Amazon Bedrock is lost, none hangs, none is done twice, and every reason can be read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.bedrock_scenarios import BedrockWorld, bedrock_scenarios
from tests.faults.scenarios import Scenario
from tests.faults.tally import expected, run
from tests.faults.world import World, opened

_JOBS = 5
"""``make faults`` has more of them, and every fault of the other hostings and of the text application too."""


@pytest.fixture(scope="module")
def bedrock_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The application, and whoever plays its users and its faults."""
    with opened(tmp_path_factory.mktemp("build"), kind=BedrockWorld, apps=("image",)) as world:
        yield world


@pytest.mark.parametrize("scenario", bedrock_scenarios(_JOBS), ids=lambda scenario: scenario.name)
def test_jobs_on_bedrock_survive(bedrock_world: World, scenario: Scenario) -> None:
    assert expected(scenario, run(bedrock_world, scenario)) == []
