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


def add_stack(parser: argparse.ArgumentParser) -> None:
    """Add the stack that the verb is about."""
    parser.add_argument(
        "name",
        metavar="NAME",
        help=f"an application, {' or '.join(APPS)}, whose stack is genai-NAME; or the name of any stack",
    )
