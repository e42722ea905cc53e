"""Who calls the API, as API Gateway found out."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any

# Where the event's request context has what stays the same for a user, a key or a principal. (API Gateway developer
# guide, "Input format of a Lambda function for proxy integration".)
_PLACES: Mapping[str, tuple[str, ...]] = {
    "none": (),
    "api-key": ("identity", "apiKeyId"),
    "cognito": ("authorizer", "claims", "sub"),
    "iam": ("identity", "userArn"),
}


# A session of a role, and one of IAM Identity Center, whose session name is the user's: Identity Center sets it.
_SESSION = re.compile(r"(arn:[^:]*:sts::[^:]*:assumed-role/(?!AWSReservedSSO_)[^/]+)/.*", re.DOTALL)


class UnknownCaller(Exception):
    """The gateway let a request in without saying whose it is: it is set up in another way than the function."""


def read_caller(context: object, auth: str) -> str:
    """Return a text that stands for the caller and nobody else, and "" where everybody may call.

    ``auth`` is one of ``none``, ``api-key``, ``cognito`` and ``iam``. For IAM, all sessions of a role are one caller:
    who assumes it chooses the session's name, and SDKs choose another one with every renewal. Raises UnknownCaller for
    a request that has no caller.
    """
    place = _PLACES[auth]
    found: Any = context
    for name in place:
        found = found.get(name) if isinstance(found, Mapping) else None
    if not place:
        return ""
    if not isinstance(found, str) or not found:
        raise UnknownCaller(f"the request context has no {'.'.join(place)}")
    return _SESSION.sub(r"\1", found) if auth == "iam" else found


def opaque(caller: str) -> str:
    """Return a text of which nobody can read who the caller is, and "" for everybody.

    It goes into tables and comparisons in the caller's place, so that no log or response can hold a name, an address or
    an ARN.
    """
    return hashlib.sha256(caller.encode()).hexdigest() if caller else ""
