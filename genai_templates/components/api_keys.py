"""Keys of an API: a usage plan, and a key of it."""

from __future__ import annotations

from typing import NamedTuple

from troposphere import AWSHelperFn, Ref, apigateway

from ..scope import Scope
from .api import Api, Throttle


class UsagePlan(NamedTuple):
    """A plan whose keys open an API."""

    resource: apigateway.UsagePlan

    def add_key(self, scope: Scope, logical_id: str, *, description: str) -> apigateway.ApiKey:
        """Add a key of the plan; API Gateway makes its value."""
        key = scope.add(apigateway.ApiKey, logical_id, Description=description, Enabled=True)
        scope.add(
            apigateway.UsagePlanKey,
            f"{logical_id}Use",
            KeyId=Ref(key),
            KeyType="API_KEY",
            UsagePlanId=Ref(self.resource),
        )
        return key


def add_usage_plan(
    scope: Scope, logical_id: str, *, api: Api, description: str, throttle: Throttle, daily_requests: AWSHelperFn | int
) -> UsagePlan:
    """Add a plan in which each key has so many requests a second, at once and a day."""
    plan = scope.add(
        apigateway.UsagePlan,
        logical_id,
        ApiStages=[apigateway.ApiStage(ApiId=Ref(api.rest_api), Stage=Ref(api.stage))],
        Description=description,
        Quota=apigateway.QuotaSettings(Limit=daily_requests, Period="DAY"),
        Throttle=apigateway.ThrottleSettings(BurstLimit=throttle.burst, RateLimit=throttle.rate),
    )
    return UsagePlan(plan)
