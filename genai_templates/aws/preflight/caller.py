"""Who deploys, and where."""

from __future__ import annotations

from ..account import Identity
from .check import Check, Verdict
from .surroundings import Surroundings


def check_caller(surroundings: Surroundings) -> list[Check]:
    """Return the account, the region and the caller."""
    account = surroundings.account
    finding = f"{account.identity.arn} in {account.region}"
    if is_root(account.identity):
        advice = "the root user is not for daily work: sign in as a user or with a role"
        return [Check("caller", Verdict.WARNING, finding, advice)]
    return [Check("caller", Verdict.OK, finding)]


def is_root(identity: Identity) -> bool:
    """Return whether the caller is the account itself, which no policy limits."""
    return identity.arn.endswith(":root")
