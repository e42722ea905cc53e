"""No job is lost, none hangs, none is done twice, and every reason can be read: whatever fails around the functions."""

from __future__ import annotations

import pytest

from genai_templates.local.chaos import FaultEffect, InjectedFault
from tests.faults.scenarios import SCENARIOS, Scenario
from tests.faults.tally import expected, run
from tests.faults.text_scenarios import REQUESTS, TEXT_SCENARIOS, TextScenario, run_text, text_of
from tests.faults.world import World


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_image_jobs_survive(world: World, scenario: Scenario) -> None:
    assert expected(scenario, run(world, scenario)) == []


@pytest.mark.parametrize("scenario", TEXT_SCENARIOS, ids=lambda scenario: scenario.name)
def test_text_requests_are_told_what_failed(world: World, scenario: TextScenario) -> None:
    reported = run_text(text_of(world), scenario)
    assert reported.faults == ()
    assert reported.during == {f"{scenario.status} {scenario.code}": REQUESTS}
    assert reported.after == {200: 2}


def test_the_administrator_meets_no_disruption(world: World) -> None:
    world.chaos.function_faults(InjectedFault("dynamodb", "*", FaultEffect.REFUSED, 1, "ThrottlingException"))
    world.queued()
    assert world.chaos.calls_met() == [0]
    world.calm()
