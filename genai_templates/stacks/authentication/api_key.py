"""Callers with a key of the stack's usage plan."""

from __future__ import annotations

from ...components.api import Api
from ...components.api_keys import add_usage_plan
from ...components.distribution import SiteDistribution
from ...contract.security import API_KEY
from ...options import Auth
from ...scope import Scope
from ..parameters.api_keys import add_key_parameters
from .part import AuthenticationPart


class KeyAuthentication(AuthenticationPart):
    """A usage plan and its first key; others are added beside the stack."""

    auth = Auth.API_KEY
    security = (API_KEY,)

    def __init__(self, scope: Scope) -> None:
        """Add the parameters of the plan."""
        super().__init__(scope)
        self._parameters = add_key_parameters(scope)

    def add_resources(self, api: Api, distribution: SiteDistribution) -> None:
        """Add the plan and the key."""
        plan = add_usage_plan(
            self.scope,
            "ApiUsagePlan",
            api=api,
            description="What each key of the API may do",
            throttle=self._parameters.throttle,
            daily_requests=self._parameters.daily_requests,
        )
        plan.add_key(self.scope, "ApiKey", description="The first key of the API")
