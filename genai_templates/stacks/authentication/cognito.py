"""Callers who sign in as users of a Cognito user pool: the stack's own, or one that is there already."""

from __future__ import annotations

from collections.abc import Mapping

from troposphere import If, Join, Ref, Sub

from ...components.api import Api
from ...components.distribution import SiteDistribution
from ...components.user_pool import (
    OPENID_SCOPES,
    UserPool,
    add_page_client,
    add_sign_in_domain,
    add_use_scope,
    add_user_pool,
)
from ...contract.security import user_pool_security
from ...options import Auth
from ...scope import Scope
from ..parameters.users import add_user_parameters
from .part import AuthenticationPart, StackOutput


class UserAuthentication(AuthenticationPart):
    """A user pool, its sign-in pages, and the page as its client."""

    auth = Auth.COGNITO

    def __init__(self, scope: Scope) -> None:
        """Add the parameters, the pool and its domain: the API's authorizer refers to them."""
        super().__init__(scope)
        self._parameters = parameters = add_user_parameters(scope)
        own = parameters.pool_is_own
        pool = add_user_pool(
            scope,
            condition=own,
            only_administrators_add_users=If(parameters.self_sign_up_condition, False, True),
            mfa=If(parameters.mfa_condition, "ON", "OPTIONAL"),
            protection=If(parameters.protection_condition, "ACTIVE", "INACTIVE"),
        )
        domain = add_sign_in_domain(scope, pool=pool, condition=own)
        self._pool = UserPool(If(own, Ref(pool), parameters.pool_id))
        self._use = add_use_scope(scope, pool=self._pool)
        self.sign_in_origin = Sub("https://${Domain}", Domain=If(own, domain, parameters.domain))
        self.security = (user_pool_security(self._pool.arn, scope=self._use.name),)
        self.deployed = {"UserPool": self._pool.pool_id}

    def add_resources(self, api: Api, distribution: SiteDistribution) -> None:
        """Add the page as a client of the pool."""
        self._client = add_page_client(
            self.scope,
            pool=self._pool,
            use=self._use,
            page_url=Sub("${Url}/", Url=distribution.url),
            providers=self._parameters.providers,
        )

    @property
    def site_config(self) -> Mapping[str, object]:
        """Where to sign in, and as which client."""
        return {
            "auth": {
                "kind": self.auth.value,
                "domain": self.sign_in_origin,
                "clientId": Ref(self._client),
                "scopes": Join(" ", [*OPENID_SCOPES, self._use.name]),
            }
        }

    @property
    def outputs(self) -> tuple[StackOutput, ...]:
        """The pool, in which users are added, and the page's client."""
        return (
            StackOutput("UserPoolId", self._pool.pool_id, "The pool of those who may sign in"),
            StackOutput("UserPoolClientId", Ref(self._client), "The page as a client of that pool"),
        )
