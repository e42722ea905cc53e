"""Parameters of those who sign in."""

from __future__ import annotations

from typing import NamedTuple

from troposphere import Ref, Split

from ...parameters import ParameterGroup
from ...scope import Scope

_HOST_NAME = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+"


class UserParameters(NamedTuple):
    """Which user pool it is, with the conditions of what holds for it."""

    pool_id: Ref
    domain: Ref
    providers: Split
    pool_is_own: str
    self_sign_up_condition: str
    mfa_condition: str
    protection_condition: str


def add_user_parameters(scope: Scope) -> UserParameters:
    """Add the parameters of users: those of the stack's own pool, and of one that is there already."""
    group = ParameterGroup(scope, "Users")
    self_sign_up = group.flag(
        "SelfSignUp",
        "Let everybody sign up",
        default=False,
        description="Otherwise you add the users",
    )
    mfa = group.flag(
        "RequireMfa",
        "Require an authenticator app",
        default=False,
        description="Otherwise it is each user's choice",
    )
    protection = group.flag(
        "ProtectUsers",
        "Protect the users from deletion",
        default=False,
        description="The stack cannot be deleted then. Otherwise its users go with it",
    )
    pool_id, domain = _add_existing_pool(group)
    providers = group.text(
        "IdentityProviders",
        "Identity providers",
        default="COGNITO",
        pattern=r"[^,\s][^,]{0,31}(,[^,\s][^,]{0,31}){0,49}",
        description="Names of the pool's providers to sign in by, with commas between them",
        constraint="Give names of the pool's identity providers, such as COGNITO,Company.",
    )
    scope.add_rule(
        "ExistingUserPoolHasDomain",
        {"Fn::Not": [{"Fn::Equals": [domain, ""]}]},
        "UserPoolId is given: give UserPoolDomain too.",
        condition={"Fn::Not": [{"Fn::Equals": [pool_id, ""]}]},
    )
    return UserParameters(
        pool_id=pool_id,
        domain=domain,
        providers=Split(",", providers),
        pool_is_own=group.is_empty(pool_id),
        self_sign_up_condition=group.is_true(self_sign_up),
        mfa_condition=group.is_true(mfa),
        protection_condition=group.is_true(protection),
    )


def _add_existing_pool(group: ParameterGroup) -> tuple[Ref, Ref]:
    pool_id = group.text(
        "UserPoolId",
        "User pool that is there already",
        default="",
        pattern=r"|[\w-]{1,40}_[0-9a-zA-Z]{1,14}",
        description="Of this account and region, of the plan Essentials or Plus. Left empty, the stack has its own",
        constraint="Give the id of a user pool, such as us-east-1_AbCdEfGhI, or nothing.",
    )
    domain = group.text(
        "UserPoolDomain",
        "Domain of that pool's sign-in pages",
        default="",
        pattern=rf"|{_HOST_NAME}",
        description="Such as example.auth.us-east-1.amazoncognito.com",
        constraint="Give a host name in lower case, without https://, or nothing.",
    )
    return pool_id, domain
