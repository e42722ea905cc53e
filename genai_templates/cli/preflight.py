"""Look at what stands in the way of a deployment, before it is begun.

Each check is a line: ok, a warning, fails, or not known, with what was found and what to do about it. Nothing is
changed in the account: a change set is made for CloudFormation's early validation, where the artifact bucket is there
already, and discarded. Only with --request-quota is something requested: more of each quota that is too low.

Exit codes: 1 when a check fails; 0 with warnings, and with what is not known.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ..apps import APPS
from ..errors import InvalidOption
from .account import add_account, add_json, open_account
from .deployment import add_planned_stack, pairs
from .kept_choices import add_reset, with_kept_choices
from .options import add_model, add_options, read_models, read_options

if TYPE_CHECKING:
    from ..aws.account import Account
    from ..aws.preflight import Check


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this verb."""
    parser.add_argument(
        "app",
        nargs="?",
        metavar="NAME",
        choices=list(APPS),
        help=f"the application, {' or '.join(APPS)} (default: both)",
    )
    parser.add_argument(
        "--request-quota", action="store_true", help="request more of each quota that is too low, where none is pending"
    )
    parser.add_argument(
        "--deadline",
        type=float,
        default=10.0,
        metavar="SECONDS",
        help="how long a check may take; three times as long for early validation (default: 10)",
    )
    add_reset(parser)
    add_json(parser)
    add_planned_stack(parser)
    add_account(parser)
    add_model(parser)
    add_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Look, and say what was found; 1 when a check fails."""
    from ..aws.deployment import check_declared
    from ..aws.preflight import Verdict

    if arguments.stack_name and not arguments.app:
        raise InvalidOption(f"--stack-name is for one stack: name the application, {' or '.join(APPS)}")
    apps = [arguments.app] if arguments.app else list(APPS)
    parameters = pairs("--parameter", arguments.parameter)
    account = open_account(arguments)
    templates = {app: _template(app, with_kept_choices(arguments, account, app, _say)) for app in apps}
    check_declared(parameters, {name for template in templates.values() for name in template["Parameters"]})
    failed = False
    for app, template in templates.items():
        checks = _look(account, app, template, parameters, arguments)
        _show(app, checks, arguments)
        failed |= any(check.verdict is Verdict.FAILS for check in checks)
    return 1 if failed else 0


def _say(message: str) -> None:
    """Say what is no check: on standard error, as the lines of standard output are for programs too."""
    print(message, file=sys.stderr, flush=True)


def _template(app: str, arguments: argparse.Namespace) -> dict[str, Any]:
    stack = APPS[app].load_stack()(model=read_models(arguments).get(app, ""), **read_options(arguments))
    template: dict[str, Any] = stack.template.to_dict()
    return template


def _look(
    account: Account, app: str, template: dict[str, Any], parameters: dict[str, str], arguments: argparse.Namespace
) -> list[Check]:
    from ..aws.cloudformation.stacks import stack_name
    from ..aws.preflight import PROBES, Surroundings, run

    surroundings = Surroundings(
        account,
        template,
        {name: value for name, value in parameters.items() if name in template["Parameters"]},
        arguments.stack_name or stack_name(app),
        bucket=arguments.bucket,
        requests_quotas=arguments.request_quota,
    )
    return run(surroundings, PROBES, deadline=arguments.deadline)


def _show(app: str, checks: Iterable[Check], arguments: argparse.Namespace) -> None:
    from .checks_view import print_checks
    from .terminal import make_console, print_json

    if arguments.json:
        for check in checks:
            print_json({"app": app, **check._asdict(), "verdict": check.verdict.value})
        return
    if sys.stdout.isatty():
        make_console().print(f"\n{app}", style="bold")
    print_checks(checks, prefix=f"{app}: ")
