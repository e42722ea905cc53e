"""Publish an application, and print the link that opens the console's form with everything filled in.

Whoever opens it needs an account that may read the bucket: it is for oneself and for colleagues. What it refers to
stays in the bucket for 30 days at least.
"""

from __future__ import annotations

import argparse

from .account import open_account
from .deployment import add_deployment, read_deployment
from .progress import shown_progress


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this verb."""
    add_deployment(parser)


def run(arguments: argparse.Namespace) -> int:
    """Publish, and print the link alone on standard output."""
    from ..aws.link import publish_link

    with shown_progress() as progress:
        account = open_account(arguments)
        link = publish_link(account, read_deployment(arguments, account.region, progress), progress)
    print(link)
    return 0
