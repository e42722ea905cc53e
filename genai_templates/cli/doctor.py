"""Find what stacks of ours have left in the region, say what it costs a month, and remove it.

Every endpoint, configuration, model, notebook, bucket, log group and alarm whose stack is gone or broken, found by its
tag or by its name. What belongs to a stack at work is never shown or removed; what has no tag and a name like ours is
shown, and removed only if it is named.

Exit codes: 0 nothing was found, or all that was to be removed is; 1 something was found, was not removed or could not
be looked at; 2 wrong usage.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from ..errors import InvalidOption
from .account import add_account, add_json, add_yes, open_account
from .terminal import confirm, print_json, print_table

if TYPE_CHECKING:
    from ..aws.account import Account
    from ..aws.doctor import Diagnosis, Finding


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this verb."""
    parser.add_argument(
        "--remove",
        nargs="*",
        metavar="NAME",
        help="remove what is surely ours and whose stack is gone or can only be deleted, or only what has these names",
    )
    add_yes(parser)
    add_json(parser)
    add_account(parser)


def run(arguments: argparse.Namespace) -> int:
    """Look the region through, print what is left there, and remove it if that is wanted."""
    from ..aws.doctor import diagnose

    removes = arguments.remove is not None
    if removes and arguments.json and not arguments.yes:
        raise InvalidOption("--remove with --json prompts for nothing: give --yes as well")
    account = open_account(arguments)
    diagnosis = diagnose(account)
    if arguments.json:
        print_json(_as_json(account, diagnosis))
    else:
        _print(account, diagnosis, with_commands=not removes)
    if not removes:
        return 1 if diagnosis.findings or diagnosis.unknown else 0
    done = _remove(account, _chosen(diagnosis, arguments.remove), arguments)
    return 0 if done and not diagnosis.unknown else 1


def _chosen(diagnosis: Diagnosis, names: list[str]) -> list[Finding]:
    if not names:
        return [each for each in diagnosis.findings if each.is_sure and each.is_removable]
    for name in names:
        named = [each for each in diagnosis.findings if each.resource.name == name]
        if not named:
            raise InvalidOption(f"--remove {name}: nothing of this name was found; name what the table shows")
        if not named[0].is_removable:
            raise InvalidOption(
                f"--remove {name}: its stack {named[0].stack} is {named[0].status}: {_way_out(named[0])}"
            )
    return [each for each in diagnosis.findings if each.resource.name in names]


def _remove(account: Account, findings: list[Finding], arguments: argparse.Namespace) -> bool:
    """Remove what was found, after confirmation, and return whether all of it is gone."""
    from ..aws.doctor.removal import remove_all

    if not findings:
        if not arguments.json:
            print("There is nothing to remove.")
        return True
    if not arguments.json:
        _print_contents(account, findings)
    if not confirm(f"Remove {_count(findings)} for good?", yes=arguments.yes):
        print("Nothing was removed.")
        return False
    failed = 0
    for resource, error in remove_all(account, [each.resource for each in findings]):
        failed += error is not None
        if arguments.json:
            print_json({"kind": resource.kind, "removed": resource.name, "error": str(error) if error else None})
        else:
            print(f"{resource.kind} {resource.name}: {f'not removed: {error}' if error else 'removed'}", flush=True)
    return not failed


def _count(findings: list[Finding]) -> str:
    return f"{len(findings)} resource{'' if len(findings) == 1 else 's'}"


def _print_contents(account: Account, findings: list[Finding]) -> None:
    """Say what is in the buckets that are to be removed, all of it counted."""
    from ..aws.doctor.emptying import count_bucket
    from ..aws.doctor.resources import Kind
    from ..errors import AwsError

    for each in findings:
        if each.resource.kind is Kind.BUCKET:
            try:
                contents = str(count_bucket(account, each.resource.name))
            except AwsError as error:
                contents = f"contents not known ({error.failure})"
            print(f"The bucket {each.resource.name} goes with all that is in it: {contents}.")


def _print(account: Account, diagnosis: Diagnosis, *, with_commands: bool) -> None:
    if diagnosis.findings:
        print_table(("what", "name", "stack", "USD a month"), map(_row, diagnosis.findings))
        print()
        if with_commands:
            _print_commands(account, diagnosis.findings)
        _print_total(account, diagnosis)
    else:
        print(f"Nothing was left in {account.region}{', as far as it could be seen' if diagnosis.unknown else ''}.")
    for stack, count in sorted(diagnosis.in_use.items()):
        print(f"In use by {stack}: {count} resources.")
    for what, reason in diagnosis.unknown.items():
        print(f"Not known: {what} ({reason})")


def _row(finding: Finding) -> tuple[str, str, str, str]:
    return (finding.resource.kind, finding.resource.name, _state(finding), _money(finding.usd_per_month))


def _state(finding: Finding) -> str:
    state = f"{finding.stack}: {finding.status or 'gone'}"
    return state if finding.is_sure else f"{state}; looks like ours"


def _money(amount: float | None) -> str:
    if amount is None:
        return "not known"
    return "< 0.01" if 0 < amount < 0.01 else f"{amount:,.2f}"


def _print_commands(account: Account, findings: list[Finding]) -> None:
    from ..aws.doctor.removal import removal_order

    print(
        "To remove each, in this order ('genai-templates doctor --remove' removes all but what only looks like ours):"
    )
    ordered = sorted(findings, key=lambda each: removal_order(each.resource))
    for command in dict.fromkeys(_end(account, each) for each in ordered):
        print(f"  {command}")
    print()


def _end(account: Account, finding: Finding) -> str:
    from ..aws.doctor.removal import removal_command

    return removal_command(finding.resource, account.region) if finding.is_removable else _way_out(finding)


def _way_out(finding: Finding) -> str:
    """Return the command that mends or deletes a stack which is broken and may yet be at work."""
    return f"genai-templates {'deploy' if finding.status.startswith('UPDATE') else 'destroy'} {finding.stack}"


def _print_total(account: Account, diagnosis: Diagnosis) -> None:
    from ..costs.prices import find_prices

    prices = find_prices(account.region)
    month = (
        f" (list prices of {prices.month}, as it is now)" if prices else f" (no prices are known of {account.region})"
    )
    unpriced = sum(each.usd_per_month is None for each in diagnosis.findings)
    more = f", and {unpriced} whose cost is not known" if unpriced else ""
    cost = f"{_money(diagnosis.usd_per_month)} USD a month{more}"
    print(f"{_count(diagnosis.findings)} left in {account.region}: {cost}{month}.")


def _as_json(account: Account, diagnosis: Diagnosis) -> dict[str, object]:
    return {
        "account": account.identity.account_id,
        "region": account.region,
        "findings": [
            {
                "kind": each.resource.kind,
                "name": each.resource.name,
                "arn": each.resource.arn,
                "stack": each.stack,
                "status": each.status or None,
                "sure": each.is_sure,
                "removable": each.is_removable,
                "usd_per_month": each.usd_per_month,
                "command": _end(account, each),
            }
            for each in diagnosis.findings
        ],
        "usd_per_month": diagnosis.usd_per_month,
        "in_use": diagnosis.in_use,
        "unknown": diagnosis.unknown,
    }
