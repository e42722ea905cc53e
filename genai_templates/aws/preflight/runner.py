"""All checks at the same time, each with a deadline: one that fails or hangs never hides the others."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeAlias

from ...errors import AwsError
from .check import Check, Verdict, from_error
from .surroundings import Surroundings

_DEADLINE_SECONDS = 10.0
_Outcomes: TypeAlias = "queue.SimpleQueue[tuple[int, list[Check] | Exception]]"
# Nothing can be looked at then; it is said once.
_WITHOUT_CREDENTIALS = {"no credentials", "expired credentials", "invalid credentials"}


class Probe(NamedTuple):
    """A check to run: the name of its line when it fails, and a function that returns its lines, or raises AwsError.

    ``patience`` is how many deadlines it gets: one that has to wait for AWS gets several.
    """

    name: str
    look: Callable[[Surroundings], list[Check]]
    patience: int = 1


def run(surroundings: Surroundings, probes: Sequence[Probe], *, deadline: float = _DEADLINE_SECONDS) -> list[Check]:
    """Return what the checks find, in their order.

    A check that takes longer than ``deadline`` seconds is not known. Raises AwsError when there are no valid
    credentials, because then there is nothing to look at.
    """
    done: _Outcomes = queue.SimpleQueue()
    for index, probe in enumerate(probes):
        # One that hangs does not keep the process from ending.
        threading.Thread(target=_put_outcome, args=(done, index, surroundings, probe), daemon=True).start()
    found = _collect(done, probes, deadline)
    lines: list[Check] = []
    for index, probe in enumerate(probes):
        outcome = found.get(index, [_late(probe, deadline)])
        if isinstance(outcome, Exception):
            raise outcome
        lines += outcome
    return lines


def _put_outcome(done: _Outcomes, index: int, surroundings: Surroundings, probe: Probe) -> None:
    done.put((index, _outcome(surroundings, probe)))


def _outcome(surroundings: Surroundings, probe: Probe) -> list[Check] | Exception:
    try:
        return probe.look(surroundings)
    except AwsError as error:
        return error if error.failure in _WITHOUT_CREDENTIALS else [from_error(probe.name, error)]
    except Exception as error:  # a defect of the check: it is raised where it is seen
        return error


def _collect(done: _Outcomes, probes: Sequence[Probe], deadline: float) -> dict[int, list[Check] | Exception]:
    start = time.monotonic()
    found: dict[int, list[Check] | Exception] = {}
    while waiting := [probe.patience for index, probe in enumerate(probes) if index not in found]:
        try:
            index, outcome = done.get(timeout=max(start + max(waiting) * deadline - time.monotonic(), 0.001))
        except queue.Empty:
            break
        found[index] = outcome
    return found


def _late(probe: Probe, deadline: float) -> Check:
    seconds = probe.patience * deadline
    return Check(probe.name, Verdict.UNKNOWN, f"it took longer than {seconds:g} s", "repeat the command")
