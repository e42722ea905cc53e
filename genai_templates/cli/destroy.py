"""Delete a stack: what goes, what stays and what that costs, then the deletion, then a look at what is left.

With --purge, what the stack keeps on purpose, such as buckets with images and access logs, is removed as well.
"""

from __future__ import annotations

import argparse

from .account import add_account, add_json, add_role, add_stack, add_yes, open_account
from .deploy_view import View, make_view
from .terminal import check_consent, confirm


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this verb."""
    add_stack(parser)
    parser.add_argument("--purge", action="store_true", help="remove what the stack keeps too, with its content")
    add_yes(parser)
    add_json(parser)
    add_role(parser)
    add_account(parser)


def run(arguments: argparse.Namespace) -> int:
    """Delete the stack, and say what is left; the exit code is 1 when the person refuses."""
    from ..aws.interrupts import interrupt_says

    check_consent(yes=arguments.yes)
    view = make_view(json=arguments.json)
    with view.reporting(), interrupt_says("nothing was changed"):
        return 0 if _destroy(arguments, view) else 1


def _destroy(arguments: argparse.Namespace, view: View) -> bool:
    from ..aws.cloudformation.stacks import require_stack
    from ..aws.destroy import Destroyer

    account = open_account(arguments)
    view.step(f"account {account.identity.account_id}, {account.region}, as {account.identity.arn}")
    destroyer = Destroyer(
        account,
        view,
        confirm=lambda prompt: confirm(prompt, yes=arguments.yes),
        role_arn=arguments.role_arn,
        purge=arguments.purge,
    )
    return destroyer.destroy(require_stack(account, arguments.name))
