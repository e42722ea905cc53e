"""Users who sign in: a Cognito user pool with its sign-in pages, and the page as a client of a pool."""

from __future__ import annotations

from typing import NamedTuple

from troposphere import AWSHelperFn, Ref, Sub, cognito

from ..errors import InvalidOption
from ..scope import DELETE_WITH_STACK, Scope

OPENID_SCOPES = ("openid", "email")
"""The scopes by which the page learns who is signed in."""

_USE = "use"

# Names that Cognito has for itself. (Cognito developer guide, "Configuring a user pool domain".)
_RESERVED = ("aws", "amazon", "cognito")
_TOKEN_MINUTES = 60  # of access: so long may somebody who was disabled go on
_SESSION_HOURS = 12  # of renewals, after which one signs in again
_RETRY_SECONDS = 10  # a renewal whose response was lost can be repeated


class UserPool(NamedTuple):
    """A user pool: the stack's own or another one of the account and region."""

    pool_id: AWSHelperFn

    @property
    def arn(self) -> Sub:
        """The pool's ARN."""
        return Sub(
            "arn:${AWS::Partition}:cognito-idp:${AWS::Region}:${AWS::AccountId}:userpool/${Pool}", Pool=self.pool_id
        )


def add_user_pool(
    scope: Scope,
    *,
    condition: str,
    only_administrators_add_users: AWSHelperFn,
    mfa: AWSHelperFn,
    protection: AWSHelperFn,
) -> cognito.UserPool:
    """Add a pool, while the condition holds, whose users are known by e-mail address.

    ``mfa`` is Cognito's ``OPTIONAL`` or ``ON``, with codes of an authenticator app; ``protection`` its ``ACTIVE``, with
    which the pool cannot be deleted, or ``INACTIVE``.
    """
    return scope.add(
        cognito.UserPool,
        "UserPool",
        AccountRecoverySetting=cognito.AccountRecoverySetting(
            RecoveryMechanisms=[cognito.RecoveryOption(Name="verified_email", Priority=1)]
        ),
        AdminCreateUserConfig=cognito.AdminCreateUserConfig(AllowAdminCreateUserOnly=only_administrators_add_users),
        AutoVerifiedAttributes=["email"],
        Condition=condition,
        DeletionProtection=protection,
        EnabledMfas=["SOFTWARE_TOKEN_MFA"],
        MfaConfiguration=mfa,
        Policies=cognito.Policies(
            PasswordPolicy=cognito.PasswordPolicy(
                MinimumLength=12,
                RequireLowercase=True,
                RequireNumbers=True,
                RequireSymbols=True,
                RequireUppercase=True,
                TemporaryPasswordValidityDays=3,
            )
        ),
        UserPoolTier="ESSENTIALS",
        UsernameAttributes=["email"],
        UsernameConfiguration=cognito.UsernameConfiguration(CaseSensitive=False),
        **DELETE_WITH_STACK,
    )


def add_sign_in_domain(scope: Scope, *, pool: cognito.UserPool, condition: str) -> AWSHelperFn:
    """Add the domain of the pool's sign-in pages, while the condition holds, and return its name.

    Raises InvalidOption when the scope's prefix has a word that Cognito refuses in domains.
    """
    if taken := [word for word in _RESERVED if word in scope.prefix.lower()]:
        raise InvalidOption(
            f"prefix {scope.prefix!r} would be in the sign-in domain, where {taken[0]!r} cannot be: choose another one"
        )
    domain = scope.add(
        cognito.UserPoolDomain,
        "SignInDomain",
        Condition=condition,
        Domain=scope.physical_name("users"),
        ManagedLoginVersion=2,
        UserPoolId=Ref(pool),
    )
    return Sub("${Prefix}.auth.${AWS::Region}.amazoncognito.com", Prefix=domain.Domain)


class UseScope(NamedTuple):
    """The scope that the page is granted and the API demands: that of a resource server of the stack's name."""

    resource: cognito.UserPoolResourceServer

    @property
    def name(self) -> Sub:
        """The scope as tokens have it."""
        return Sub(f"{self.resource.Identifier.data['Fn::Sub']}/{_USE}")


def add_use_scope(scope: Scope, *, pool: UserPool) -> UseScope:
    """Add the scope; tokens that other clients of the pool get do not have it."""
    name = Sub(f"${{AWS::StackName}}{'-' if scope.prefix else ''}{scope.prefix}")
    server = scope.add(
        cognito.UserPoolResourceServer,
        "UserPoolResourceServer",
        Identifier=name,
        Name=name,
        Scopes=[cognito.ResourceServerScopeType(ScopeName=_USE, ScopeDescription="Use the application")],
        UserPoolId=pool.pool_id,
    )
    return UseScope(server)


def add_page_client(
    scope: Scope,
    *,
    pool: UserPool,
    use: UseScope,
    page_url: AWSHelperFn,
    providers: AWSHelperFn,
) -> cognito.UserPoolClient:
    """Add the page as a client: authorization code, without a secret, back to ``page_url`` and nowhere else."""
    client = scope.add(
        cognito.UserPoolClient,
        "UserPoolClient",
        AccessTokenValidity=_TOKEN_MINUTES,
        AllowedOAuthFlows=["code"],
        AllowedOAuthFlowsUserPoolClient=True,
        AllowedOAuthScopes=[*OPENID_SCOPES, use.name],
        CallbackURLs=[page_url],
        DependsOn=[use.resource.title],  # a scope that is not there is refused
        EnableTokenRevocation=True,
        # Left out, it would be flows besides the sign-in pages, and one that rotation does not go with.
        ExplicitAuthFlows=["ALLOW_USER_SRP_AUTH"],
        GenerateSecret=False,
        IdTokenValidity=_TOKEN_MINUTES,
        LogoutURLs=[page_url],
        PreventUserExistenceErrors="ENABLED",
        RefreshTokenRotation=cognito.RefreshTokenRotation(Feature="ENABLED", RetryGracePeriodSeconds=_RETRY_SECONDS),
        RefreshTokenValidity=_SESSION_HOURS,
        SupportedIdentityProviders=providers,
        TokenValidityUnits=cognito.TokenValidityUnits(AccessToken="minutes", IdToken="minutes", RefreshToken="hours"),
        UserPoolId=pool.pool_id,
    )
    # Managed login shows a client nothing until it has a style.
    scope.add(
        cognito.ManagedLoginBranding,
        "SignInStyle",
        ClientId=Ref(client),
        UseCognitoProvidedValues=True,
        UserPoolId=pool.pool_id,
    )
    return client
