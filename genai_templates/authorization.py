"""What IAM can tell apart: its actions, and which of them can be allowed on some resources alone.

AWS's service authorization reference, as cfn-lint ships it (``docs.aws.amazon.com/service-authorization``).
"""

from __future__ import annotations

from functools import cache
from typing import Any


def is_action(action: str) -> bool:
    """Return whether IAM has this action; some that handlers name are operations of S3's API alone."""
    return _entry(action) is not None


def has_resources(action: str) -> bool:
    """Return whether an action can be allowed on some resources alone, and not just on ``*``."""
    return bool((_entry(action) or {}).get("Resources"))


def arn_patterns(action: str) -> frozenset[str]:
    """Return regular expressions of the ARNs that an action takes, with ``${Partition}``, ``${Region}`` and
    ``${Account}``."""
    kinds = _reference()[action.split(":", 1)[0]].get("Resources", {})
    named = (_entry(action) or {}).get("Resources", ())
    return frozenset(each for kind in named for each in kinds.get(kind.lower(), {}).get("ARNFormats", ()))


def _entry(action: str) -> dict[str, Any] | None:
    service, name = action.split(":", 1)
    entry: dict[str, Any] | None = _reference().get(service, {}).get("Actions", {}).get(name.lower())
    return entry


@cache
def _reference() -> dict[str, Any]:
    from cfnlint.data import AdditionalSpecs
    from cfnlint.helpers import load_resource

    loaded: dict[str, Any] = load_resource(AdditionalSpecs, "Policies.json")  # type: ignore[no-untyped-call]
    return loaded
