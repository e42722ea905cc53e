"""Authentication part: what every way of knowing the callers brings to a stack."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, NamedTuple

from troposphere import AWSHelperFn

from ...components.api import Api
from ...components.distribution import SiteDistribution
from ...contract.security import Security
from ...options import Auth
from ...scope import Scope


class StackOutput(NamedTuple):
    """An output that a part brings."""

    name: str
    value: AWSHelperFn
    description: str


class AuthenticationPart:
    """The part of a stack by which its API knows who calls.

    Making it adds its parameters, and what the API refers to. ``security`` is what the API asks of its callers,
    ``environment`` what its functions have to know, ``sign_in_origin`` where the page goes besides to get tokens, and
    ``deployed`` the parameters that stand in the API, by names: with another value it is deployed anew.
    """

    auth: ClassVar[Auth]
    security: tuple[Security, ...] = ()
    sign_in_origin: AWSHelperFn | None = None
    deployed: Mapping[str, AWSHelperFn] = {}

    def __init__(self, scope: Scope) -> None:
        """Add nothing more than the scope to this."""
        self.scope = scope

    @property
    def environment(self) -> Mapping[str, str]:
        """The environment of a function behind the API."""
        return {"API_AUTH": self.auth.value}

    def add_resources(self, api: Api, distribution: SiteDistribution) -> None:
        """Add what refers to the API or to the page."""

    @property
    def site_config(self) -> Mapping[str, object]:
        """What the page needs to know, once the resources are added."""
        return {"auth": {"kind": self.auth.value}}

    @property
    def outputs(self) -> tuple[StackOutput, ...]:
        """The outputs, once the resources are added."""
        return ()


class OpenToAll(AuthenticationPart):
    """Whoever knows the URL may call."""

    auth = Auth.NONE

    @property
    def environment(self) -> Mapping[str, str]:
        """Nothing: functions take that for granted."""
        return {}

    @property
    def site_config(self) -> Mapping[str, object]:
        """Nothing."""
        return {}
