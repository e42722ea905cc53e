"""Prints what came of the jobs under each fault: the same scenarios as the tests have, at their full numbers of jobs.

Three worlds stand for five hostings, and a fourth for jobs that come through a queue. The notebook's endpoint, the
template's own and one that exists are called by the same module, with the same permission and the same variables of
environment, by the endpoint's name: who has made it does not show in a request. So one of them is played, the one that
is there at once. The inference component that scales to zero is for texts alone; its own faults, to sleep and to wake,
and all of those below are played in ``tests/lifecycle/test_scale_to_zero_text.py``.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.faults.asynchronous_scenarios import ALL_SCENARIOS as ASYNCHRONOUS_SCENARIOS
from tests.faults.asynchronous_world import opened as opened_asynchronous
from tests.faults.bedrock_scenarios import ALL_SCENARIOS as BEDROCK_SCENARIOS
from tests.faults.bedrock_scenarios import BedrockWorld
from tests.faults.plays import JOBS
from tests.faults.queue_scenarios import ALL_SCENARIOS as QUEUE_SCENARIOS
from tests.faults.queue_world import QueueWorld
from tests.faults.scenarios import SCENARIOS, Scenario
from tests.faults.tally import expected, run
from tests.faults.text_scenarios import REQUESTS, TEXT_SCENARIOS, run_text, text_of
from tests.faults.world import World, opened

_COLUMNS = ("jobs", "SUCCEEDED", "FAILED", "lost", "stuck", "done twice", "model calls", "codes of the failures")
_NAME, _WIDTHS = 42, (4, 9, 6, 4, 5, 10, 11, 0)


def main() -> int:
    """Play every scenario and print a row for each; return 1 if one did not end as it has to."""
    wrong: list[str] = []
    for title, kind, scenarios in (
        ("a SageMaker endpoint", World, SCENARIOS),
        ("Amazon Bedrock", BedrockWorld, BEDROCK_SCENARIOS),
    ):
        with tempfile.TemporaryDirectory() as folder, opened(Path(folder), kind=kind) as world:
            wrong += _print_jobs(f"Images on {title}", world, scenarios)
            wrong += _print_requests(f"Texts on {title}", world)
    with tempfile.TemporaryDirectory() as folder, opened(Path(folder), kind=QueueWorld, apps=("image",)) as queued:
        wrong += _print_jobs("Images through a queue", queued, QUEUE_SCENARIOS)
    with tempfile.TemporaryDirectory() as folder, opened_asynchronous(Path(folder), jobs=JOBS) as sleeping:
        wrong += _print_jobs("Images, scaled to zero", sleeping, ASYNCHRONOUS_SCENARIOS)
    print("\n" + ("\n".join(wrong) or "Every job ended, none was lost or done twice, and every reason can be read."))
    return 1 if wrong else 0


def _print_requests(title: str, world: World) -> list[str]:
    """Play the scenarios of the text application and print their rows; return what was not as it has to be."""
    print(f"\n{title:{_NAME}}  {REQUESTS} requests during the fault, 2 after it")
    wrong = []
    for case in TEXT_SCENARIOS:
        reported = run_text(text_of(world), case)
        during = ", ".join(f"{response} x {count}" for response, count in reported.during.items())
        after = ", ".join(f"{status} x {count}" for status, count in reported.after.items())
        print(f"{'endpoint ' + case.name:{_NAME}}  {during}, then {after}", flush=True)
        wrong += [f"{title}, endpoint {case.name}: {each}" for each in reported.faults]
    return wrong


def _print_jobs(title: str, world: World, scenarios: Sequence[Scenario]) -> list[str]:
    """Play scenarios of the image application and print their rows; return what did not end as it has to."""
    print("\n" + _row(title, _COLUMNS), flush=True)
    wrong = []
    for scenario in scenarios:
        tally = run(world, scenario)
        codes = ", ".join(f"{code} x {count}" for code, count in sorted(tally.failed.items())) or "-"
        failed = sum(tally.failed.values())
        cells = (tally.jobs, tally.succeeded, failed, tally.lost, tally.stuck, tally.twice, tally.calls, codes)
        print(_row(scenario.name, cells), flush=True)
        wrong += [f"{title}, {scenario.name}: {each}" for each in expected(scenario, tally)]
    return wrong


def _row(name: str, cells: tuple[object, ...]) -> str:
    return f"{name:{_NAME}}  " + "  ".join(f"{cell!s:>{width}}" for cell, width in zip(cells, _WIDTHS, strict=True))


if __name__ == "__main__":
    sys.exit(main())
