"""Daily limit of each caller's requests, if there is one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..options import StackOptions
from ..scope import Scope

if TYPE_CHECKING:
    from ..components.daily_limit import DailyLimit
    from ..components.encryption_key import EncryptionKey


def limited_services(options: StackOptions) -> Sequence[str]:
    """Return the services that counting requests takes: see ``NetworkPart``."""
    return ("DynamoDB",) if options.values["daily_limit"] else ()


def add_daily_limit(scope: Scope, options: StackOptions, *, key: EncryptionKey | None) -> DailyLimit | None:
    """Add the limit's table and parameter, if it is chosen."""
    if not options.values["daily_limit"]:
        return None
    # troposphere's module of DynamoDB is one that no other part of the text application loads.
    from ..components import daily_limit
    from .parameters.daily_limit import add_daily_requests

    return daily_limit.add_daily_limit(scope, requests=add_daily_requests(scope), key=key)
