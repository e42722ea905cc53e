"""Show how a stack is: its state, model, URL and alarms, and what it costs and has cost so far.

Without NAME, the stacks of both applications in the region, one a line: those that 'genai-templates deploy' made, and
those of the console, which are known by the template's description.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from ..apps import APPS
from .account import add_account, open_account

if TYPE_CHECKING:
    from ..aws.account import Account


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this verb."""
    parser.add_argument(
        "name",
        metavar="NAME",
        nargs="?",
        help=f"an application, {' or '.join(APPS)}, whose stack is genai-NAME; or the name of any stack (default: all)",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object, or a list of them without NAME")
    add_account(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print how the stack is, or which stacks there are."""
    account = open_account(arguments)
    if arguments.name is None:
        _show_all(account, json=arguments.json)
    else:
        _show_one(account, arguments.name, json=arguments.json)
    return 0


def _show_one(account: Account, name: str, *, json: bool) -> None:
    from ..aws.cloudformation.stacks import require_stack
    from ..aws.status.stack_status import read_status
    from .status_json import status_object
    from .status_text import print_status
    from .terminal import print_json

    status = read_status(account, require_stack(account, name))
    print_json(status_object(status)) if json else print_status(status)


def _show_all(account: Account, *, json: bool) -> None:
    from ..aws.status.stack_summary import summarize_own_stacks
    from .status_json import summary_object
    from .status_text import print_summaries
    from .terminal import print_json

    summaries = summarize_own_stacks(account)
    if json:
        print_json([summary_object(summary) for summary in summaries])
    else:
        print_summaries(summaries, account.region)
