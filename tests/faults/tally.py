"""What came of the jobs of a scenario, as their users see it."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.faults.scenarios import Scenario
from tests.faults.world import ENDED, PROCESS, World, at_once
from tests.lifecycle.jobs import key_of

NOT_FOR_USERS = re.compile(r"arn:aws|(?<![-\w])\d{12}\b|Traceback|\.py\b|Exception|Error:|boto|CUDA")
_SENTENCE = re.compile(r"[A-Z].{15,}\.")

_DELIVERED_AGAIN = 4


@dataclass(frozen=True)
class Tally:
    """How many jobs ended in which way; ``faults`` is what was wrong with them or with what their users were told."""

    jobs: int
    succeeded: int
    failed: Counter[str]
    lost: int
    stuck: int
    twice: int
    calls: int
    reasons: frozenset[str]
    faults: tuple[str, ...]


def run(world: World, scenario: Scenario) -> Tally:
    """Play the scenario, wait for the jobs, and count; an event that comes once more has to leave all as it is."""
    world.calm()
    world.reported.clear()
    calls_before = world.model_calls()
    job_ids = scenario.play(world)
    world.wait_until_ended(job_ids)
    unmet = [number for number in world.chaos.calls_met() if number == 0]
    world.calm()
    shown = _shown(world, job_ids)
    stored = world.stored(job_ids)
    items_before = world.items(job_ids)
    at_once(lambda number: _again(world, job_ids[number]), _DELIVERED_AGAIN)
    twice = _changed(items_before, world.items(job_ids)) | _changed(stored, world.stored(job_ids))
    twice |= {
        job_id for job_id in job_ids if shown[job_id].get("images") and set(stored[job_id]) != _named(shown[job_id])
    }
    jobs = [job for job in shown.values() if "status" in job]
    failures = [job["error"] for job in jobs if job["status"] == "FAILED"]
    return Tally(
        jobs=len(job_ids),
        succeeded=sum(job["status"] == "SUCCEEDED" and len(job["images"]) == 1 for job in jobs),
        failed=Counter(error["code"] for error in failures),
        lost=len(job_ids) - len(jobs),
        stuck=sum(job["status"] not in ENDED for job in jobs),
        twice=len(twice),
        calls=world.model_calls() - calls_before,
        reasons=frozenset(error["message"] for error in failures),
        faults=(*_reported_wrongly(world, failures, [*shown.values()]), *(["a fault was not met"] if unmet else [])),
    )


def expected(scenario: Scenario, tally: Tally) -> list[str]:
    """Return what is not as the scenario says; nothing when all is well."""
    wrong = list(tally.faults)
    failed = sum(scenario.failed.values())
    for name, found, wanted in (
        ("accepted", tally.jobs, scenario.jobs),
        ("SUCCEEDED", tally.succeeded, scenario.jobs - failed),
        ("FAILED", dict(tally.failed), dict(scenario.failed)),
        ("lost", tally.lost, 0),
        ("stuck", tally.stuck, 0),
        ("done twice", tally.twice, 0),
    ):
        if found != wanted:
            wrong.append(f"{name}: {found}, and not {wanted}")
    if not scenario.calls <= tally.calls <= scenario.calls + scenario.spare_calls:
        wrong.append(f"the model was asked {tally.calls} times, and not {scenario.calls}")
    if any(scenario.reason not in reason for reason in tally.reasons):
        wrong.append(f"the reasons are {sorted(tally.reasons)}, and not {scenario.reason!r}")
    return wrong


def _shown(world: World, job_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    return dict(zip(job_ids, at_once(lambda number: world.show(job_ids[number]).json(), len(job_ids)), strict=True))


def _named(job: dict[str, Any]) -> set[str]:
    return {key_of(each[url]) for each in job["images"] for url in ("url", "thumbnail_url")}


def _changed(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    return {job_id for job_id in before if before[job_id] != after[job_id]}


def _again(world: World, job_id: str) -> None:
    """Have the job's event delivered once more, long after it has ended."""
    payload = json.dumps(world.event_of(job_id))
    world.image.client("lambda").invoke(FunctionName=world.functions[PROCESS], Payload=payload)


def _reported_wrongly(world: World, failures: list[dict[str, str]], shown: list[dict[str, Any]]) -> list[str]:
    """Return what users cannot read, or should not."""
    texts = [*world.reported, *(json.dumps(job) for job in shown)]
    wrong = [f"not for users: {text}" for text in texts if NOT_FOR_USERS.search(text)]
    return wrong + [f"no sentence: {each}" for each in failures if not _SENTENCE.fullmatch(each["message"])]
