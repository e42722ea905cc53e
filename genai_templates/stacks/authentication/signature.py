"""Callers who sign requests as principals of IAM."""

from __future__ import annotations

from troposphere import Ref

from ...components.api import Api
from ...components.distribution import SiteDistribution
from ...components.invoke_policy import add_invoke_policy
from ...contract.security import SIGNATURE
from ...options import Auth
from .part import AuthenticationPart, StackOutput


class SignatureAuthentication(AuthenticationPart):
    """A policy to attach to those who may call."""

    auth = Auth.IAM
    security = (SIGNATURE,)

    def add_resources(self, api: Api, distribution: SiteDistribution) -> None:
        """Add the policy."""
        self._policy = add_invoke_policy(self.scope, api=api)

    @property
    def outputs(self) -> tuple[StackOutput, ...]:
        """The policy's ARN."""
        return (
            StackOutput("InvokePolicyArn", Ref(self._policy), "Attach it to users and roles that may call the API"),
        )
