"""User pools in the emulated CloudFormation: what protects users, and what a client's style needs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from genai_templates.local import EmulatedStack, EmulatedStackFailed, Emulator

POOL, CLIENT = {"Ref": "Pool"}, {"Ref": "Client"}


def template(**resources: dict[str, Any]) -> str:
    kinds = {"Pool": "UserPool", "Client": "UserPoolClient", "Style": "ManagedLoginBranding", "Other": "UserPoolClient"}
    made = {
        name: {"Type": f"AWS::Cognito::{kinds[name]}", "Properties": properties}
        for name, properties in resources.items()
    }
    return json.dumps({"Resources": made})


def failure_of(stack: EmulatedStack, change: str) -> str:
    with pytest.raises(EmulatedStackFailed) as failed:
        getattr(stack, change)()
    return str(failed.value)


def test_a_protected_pool_is_kept_until_it_is_not_protected_any_more(emulator: Emulator) -> None:
    stack = EmulatedStack(template(Pool={"DeletionProtection": "ACTIVE"}), "protected", emulator=emulator)
    stack.create()
    pool, cognito = stack.resources["Pool"], stack.client("cognito-idp")
    assert "deletion protection is activated" in failure_of(stack, "delete")
    cognito.update_user_pool(UserPoolId=pool, DeletionProtection="INACTIVE")
    stack.delete()
    assert pool not in [each["Id"] for each in cognito.list_user_pools(MaxResults=60)["UserPools"]]


@pytest.mark.parametrize(
    ("resources", "reason"),
    [
        (
            {"Pool": {}, "Client": {"UserPoolId": POOL, "AllowedOAuthScopes": ["text/use"]}},
            "Invalid scope requested: text/use",
        ),
        (
            {"Pool": {}, "Client": {"UserPoolId": POOL, "SupportedIdentityProviders": ["Company"]}},
            "The provider Company does not exist",
        ),
        (
            {"Pool": {}, "Client": {"UserPoolId": POOL, "CallbackURLs": ["http://page.example/"]}},
            "Invalid callback URL",
        ),
        (
            {
                "Pool": {},
                "Client": {
                    "UserPoolId": POOL,
                    "RefreshTokenRotation": {"Feature": "ENABLED"},
                    "ExplicitAuthFlows": ["ALLOW_REFRESH_TOKEN_AUTH"],
                },
            },
            "cannot be used with refresh token rotation",
        ),
        (
            {
                "Pool": {"UserPoolTier": "LITE"},
                "Client": {"UserPoolId": POOL},
                "Style": {"UserPoolId": POOL, "ClientId": CLIENT, "UseCognitoProvidedValues": True},
            },
            "not available in the feature plan",
        ),
    ],
)
def test_cognito_refuses_what_it_cannot_serve(
    emulator: Emulator, resources: dict[str, dict[str, Any]], reason: str
) -> None:
    stack = EmulatedStack(template(**resources), "refused", emulator=emulator)
    assert reason in failure_of(stack, "create")
    stack.delete()
