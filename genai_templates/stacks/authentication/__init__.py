"""Authentication of callers: a part of the stack for each way in which the API knows them.

A part is loaded when it is chosen: they bring modules of troposphere and awacs that the others do without.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ...options import Auth
from .part import AuthenticationPart, OpenToAll


def _api_key() -> type[AuthenticationPart]:
    from .api_key import KeyAuthentication

    return KeyAuthentication


def _cognito() -> type[AuthenticationPart]:
    from .cognito import UserAuthentication

    return UserAuthentication


def _iam() -> type[AuthenticationPart]:
    from .signature import SignatureAuthentication

    return SignatureAuthentication


AUTHENTICATION_PARTS: Mapping[Auth, Callable[[], type[AuthenticationPart]]] = {
    Auth.NONE: lambda: OpenToAll,
    Auth.API_KEY: _api_key,
    Auth.COGNITO: _cognito,
    Auth.IAM: _iam,
}

__all__ = ["AUTHENTICATION_PARTS", "AuthenticationPart"]
