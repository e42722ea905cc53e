"""Deploy an application: build it, publish its artifacts, show the changes, and watch CloudFormation make them.

The artifacts go into the account's own bucket, genai-templates-ACCOUNT-REGION, which is made when it is first used.
No stack is changed before the changes were shown and confirmed. Parameters and options that are not named keep their
values, new code is taken. A stack that is at work already is joined; an interrupted deployment goes on by itself.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import TYPE_CHECKING

from .account import add_json, add_role, add_yes, open_account
from .deploy_view import View, make_view
from .deployment import add_deployment, pairs, read_deployment
from .kept_choices import add_reset, with_kept_choices
from .terminal import check_consent, confirm

if TYPE_CHECKING:
    from ..aws.deploy import Deployer


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this verb."""
    add_deployment(parser)
    add_reset(parser)
    parser.add_argument(
        "--plan",
        action="store_true",
        help="stop when the changes are shown; artifacts are published, no stack is changed",
    )
    add_yes(parser)
    add_json(parser)
    parser.add_argument("--no-preflight", action="store_true", help="leave out the checks beforehand")
    add_role(parser)
    parser.add_argument(
        "--skip-resource",
        action="append",
        default=[],
        metavar="ID",
        help="a resource to leave out when a roll-back is continued; may be given again",
    )
    parser.add_argument(
        "--tag", action="append", default=[], metavar="KEY=VALUE", help="a tag of the stack; may be given again"
    )


def run(arguments: argparse.Namespace) -> int:
    """Deploy, and say what there is now; the exit code is 1 when the person refuses."""
    from ..aws.interrupts import interrupt_says

    check_consent(yes=arguments.yes or arguments.plan)
    view = make_view(json=arguments.json, lists_additions=arguments.plan)
    with view.reporting(), interrupt_says("nothing was changed"):
        is_deployed = _deployer(arguments, view).deploy(plan_only=arguments.plan)
    return 0 if is_deployed or arguments.plan else 1


def _deployer(arguments: argparse.Namespace, view: View) -> Deployer:
    from ..aws.deploy import Deployer

    account = open_account(arguments)
    view.step(f"account {account.identity.account_id}, {account.region}, as {account.identity.arn}")
    kept = with_kept_choices(arguments, account, arguments.app, view.step)
    deployment = replace(
        read_deployment(kept, account.region, view.step),
        tags=pairs("--tag", arguments.tag),
        role_arn=arguments.role_arn,
    )
    return Deployer(
        account,
        deployment,
        view,
        confirm=lambda prompt: confirm(prompt, yes=arguments.yes),
        preflight=not arguments.no_preflight,
        skipped=arguments.skip_resource,
    )
