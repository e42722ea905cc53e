"""Show the jobs of a stack that were given up, and why; and, if you agree, have all of them tried again.

Only a stack whose jobs go through a queue keeps them (--dispatch queue). Without --yes and without a terminal nothing
is changed. A job that is tried again is queued, as its user sees it, and has all of its tries and its time anew.

Exit codes: 0 there were none, or all are tried again; 1 nothing was changed, or not all could be moved.
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from .account import add_account, add_stack, add_yes, open_account
from .progress import shown_progress
from .terminal import confirm

if TYPE_CHECKING:
    from ..aws.redrive import DeadJobs


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this verb."""
    add_stack(parser)
    add_yes(parser)
    add_account(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print what there is, and move it back if that is wanted."""
    from ..aws.cloudformation.stacks import require_stack
    from ..aws.redrive import look, redrive

    account = open_account(arguments)
    stack = require_stack(account, arguments.name)
    jobs = look(account, stack)
    _print(stack.name, jobs)
    if not jobs.dead.messages:
        return 0
    if not arguments.yes and not sys.stdin.isatty():
        print("nothing was changed: give --yes to have them tried again")
        return 1
    if not confirm(f"Have the {_counted(jobs.dead.messages)} tried again?", yes=arguments.yes):
        print("nothing was changed")
        return 1
    with shown_progress() as progress:
        moved = redrive(account, jobs, progress)
    print(f"{_counted(moved)} in the queue again; what is given up once more is shown by this command")
    return 0


def _print(stack: str, jobs: DeadJobs) -> None:
    print(f"{stack}: {_counted(jobs.dead.messages)} given up, {_counted(jobs.waiting.messages)} waiting or at work")
    looked_at = jobs.reasons.total()
    for reason, count in jobs.reasons.most_common():
        print(f"  {count} of {looked_at} looked at: {reason.code}: {reason.message}")


def _counted(number: int) -> str:
    return f"{number} job{'' if number == 1 else 's'}"
