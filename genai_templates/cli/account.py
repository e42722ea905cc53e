"""The arguments of the verbs that work in an AWS account: which account, which region, which stack."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from ..apps import APPS

if TYPE_CHECKING:
    from ..aws.account import Account


def add_account(parser: argparse.ArgumentParser) -> None:
    """Add ``--profile`` and ``--region``."""
    group = parser.add_argument_group("the account")
    group.add_argument("--profile", metavar="NAME", help="a profile of the AWS configuration (default: AWS_PROFILE)")
    group.add_argument("--region", metavar="REGION", help="the region (default: AWS_REGION, or the profile's)")


def open_account(arguments: argparse.Namespace) -> Account:
    """Return the chosen account; raises AwsError."""
    from ..aws.account import Account

    return Account(profile=arguments.profile, region=arguments.region)


def add_json(parser: argparse.ArgumentParser) -> None:
    """Add ``--json``, for verbs that print several objects."""
    parser.add_argument("--json", action="store_true", help="print JSON, one object a line")


def add_yes(parser: argparse.ArgumentParser) -> None:
    """Add ``--yes``, which is needed where there is no terminal to confirm on."""
    parser.add_argument(
        "--yes", action="store_true", help="go ahead without a prompt; needed where there is no terminal"
    )


def add_role(parser: argparse.ArgumentParser) -> None:
    """Add ``--role-arn``."""
    parser.add_argument(
        "--role-arn",
        default="",
        metavar="ARN",
        help="the service role that CloudFormation works with (see 'genai-templates policy --help')",
    )


def add_stack(parser: argparse.ArgumentParser) -> None:
    """Add the stack that the verb is about."""
    parser.add_argument(
        "name",
        metavar="NAME",
        help=f"an application, {' or '.join(APPS)}, whose stack is genai-NAME; or the name of any stack",
    )
