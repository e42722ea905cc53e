"""An operation of CloudFormation on a stack, watched to its end."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from ...errors import AwsError, StackFailed
from ..account import Account
from ..failures import PASSING, classify
from .events import EventReader, StackEvent, first_causes
from .model_progress import COMPONENT, ENDPOINT, ModelProgress, read_model_progress
from .stacks import StackDescription, find_stack

# The first looks come soon, as small changes are done soon; later ones spare CloudFormation's request rate.
_FIRST_PAUSE_SECONDS = 0.25
_LAST_PAUSE_SECONDS = 3.0
# CloudFormation goes on without us, so that waiting for a network costs nothing.
_PATIENCE_SECONDS = 600.0
# How long a status may be that of before the operation, where no event of the stack has it: reads lag behind.
_STALE_SECONDS = 20.0
_IS_THE_MODEL = {"AWS::CloudFormation::WaitCondition", ENDPOINT, COMPONENT}
_LOOKS_PER_MODEL = 5
_AFTERWARDS = {
    "ROLLBACK_COMPLETE": "what was made is removed again; 'genai-templates deploy' begins anew",
    "UPDATE_ROLLBACK_COMPLETE": "the stack is as it was before",
    "UPDATE_ROLLBACK_FAILED": "the way back failed too; 'genai-templates deploy' offers to continue it",
    "DELETE_FAILED": "the rest is deleted; repeat the command when the cause is gone",
}


@dataclass
class Operation:
    """What has happened so far: the stack, the events, oldest first, and how far the model's deployment is."""

    stack: StackDescription
    events: list[StackEvent] = field(default_factory=list)
    model: ModelProgress = field(default_factory=ModelProgress)

    @property
    def has_ended(self) -> bool:
        """Whether CloudFormation is done, well or not."""
        return not self.stack.is_at_work

    @property
    def waits_for_model(self) -> bool:
        """Whether the model is being made, changed or removed now, or a condition waits for it."""
        latest = {each.logical_id: each.status for each in self.events if each.kind in _IS_THE_MODEL}
        return any(status.endswith("_IN_PROGRESS") for status in latest.values())


@dataclass(frozen=True)
class Watcher:
    """Called while one waits.

    ``on_events`` with the events that are new, at each look; ``on_model`` when the model's progress is another;
    ``on_problem`` when AWS cannot be reached for now.
    """

    on_events: Callable[[Operation, list[StackEvent]], None]
    on_model: Callable[[Operation], None]
    on_problem: Callable[[str], None]


class _Ending:
    """Tells the end of an operation from a look that saw the stack as it was before.

    DescribeStacks is eventually consistent: after ExecuteChangeSet or DeleteStack it may still have the status of
    before (aws/aws-cdk-cli#1848). The status counts when an event of the stack has it too, or when it stays.
    """

    def __init__(self) -> None:
        self._status, self._since = "", 0.0

    def is_reached(self, operation: Operation) -> bool:
        """Return whether the operation has ended with the status that was seen now."""
        status = operation.stack.status
        if status != self._status:
            self._status, self._since = status, time.monotonic()
        if not operation.has_ended:
            return False
        reported = any(each.is_of_stack and each.status == status for each in operation.events)
        return reported or time.monotonic() - self._since > _STALE_SECONDS


def follow(account: Account, stack: StackDescription, reader: EventReader, watcher: Watcher) -> Operation:
    """Watch a stack until CloudFormation is done with the operation that has begun, and return the whole operation.

    A lost network and throttled calls are waited for, up to ten minutes; then, and for what waiting does not mend, such
    as expired credentials, AwsError is raised. The operation itself goes on in any case.
    """
    operation = Operation(stack)
    lost_since, pause = None, _FIRST_PAUSE_SECONDS
    ending = _Ending()
    looks_at_model = itertools.cycle([True, *[False] * (_LOOKS_PER_MODEL - 1)])
    while True:
        try:
            # The status first: the events of an operation that has ended are there then.
            operation.stack = find_stack(account, stack.stack_id) or operation.stack
            new = reader.new_events()
        except AwsError as error:
            if lost_since is None:
                lost_since = time.monotonic()
                if error.failure in PASSING:
                    watcher.on_problem(f"{str(error).splitlines()[0]}: {stack.name} goes on, trying again")
            if error.failure not in PASSING or time.monotonic() - lost_since > _PATIENCE_SECONDS:
                raise
        else:
            if lost_since is not None:
                watcher.on_problem("AWS can be reached again")
            lost_since = None
            operation.events += new
            watcher.on_events(operation, new)
            if ending.is_reached(operation):
                break
            if operation.waits_for_model and next(looks_at_model):
                _look_at_model(account, operation, watcher)
        time.sleep(pause)
        pause = min(pause * 1.5, _LAST_PAUSE_SECONDS)
    return operation


def _look_at_model(account: Account, operation: Operation, watcher: Watcher) -> None:
    progress = read_model_progress(account, operation.stack.stack_id, operation.events)
    if progress != operation.model:
        operation.model = progress
        watcher.on_model(operation)


def check_outcome(operation: Operation, expected: str) -> None:
    """Raise StackFailed unless the operation ended as expected: the first cause, the others, and what to do."""
    stack = operation.stack
    if stack.status == expected:
        return
    causes = first_causes(operation.events)
    reasons = list(dict.fromkeys(map(str, causes))) or [stack.reason or "no reason given"]
    failure = classify(causes[0].reason if causes else stack.reason)
    first, *others = reasons
    lines = [f"{failure.name}: {stack.name} is {stack.status}", first, *(f"also: {each}" for each in others)]
    lines += [_AFTERWARDS[stack.status]] if stack.status in _AFTERWARDS else []
    raise StackFailed("\n  ".join([*lines, failure.advice]), failure.name, status=stack.status)
