"""AWS::Cognito::UserPool, which ministack deletes though it is protected, or has a domain, and lets everybody into.

docs/upstream/ministack/cognito-user-pools.md
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from ministack.core.responses import error_response_json
from ministack.services import cognito

Properties = dict[str, Any]
TYPE = "AWS::Cognito::UserPool"


def apply() -> None:
    """Have Cognito refuse it."""
    cognito._delete_user_pool = _refusing(cognito._delete_user_pool)
    cognito._sign_up = _for_those_who_may(cognito._sign_up)


def with_deletion_of_the_service(handlers: Properties) -> Properties:
    """Return the type's handlers, which delete what the service lets them."""
    return {**handlers, "delete": _delete}


def _refusing(delete: Callable[[Properties], Any]) -> Callable[[Properties], Any]:
    def delete_unless_protected(data: Properties) -> Any:
        pool = cognito._user_pools.get(data.get("UserPoolId"), {})
        if pool.get("DeletionProtection") == "ACTIVE":
            return _invalid(
                "The user pool cannot be deleted because deletion protection is activated. "
                "Deletion protection must be inactivated first."
            )
        if pool.get("Domain") or pool.get("CustomDomain"):
            return _invalid("User pool cannot be deleted. It has a domain configured that should be deleted first.")
        return delete(data)

    return delete_unless_protected


def _for_those_who_may(sign_up: Callable[[Properties], Any]) -> Callable[[Properties], Any]:
    def sign_up_if_allowed(data: Properties) -> Any:
        _, pool, _ = cognito._find_pool_by_client_id(data.get("ClientId"))
        if pool and pool.get("AdminCreateUserConfig", {}).get("AllowAdminCreateUserOnly"):
            return error_response_json("NotAuthorizedException", "SignUp is not permitted for this user pool", 400)
        return sign_up(data)

    return sign_up_if_allowed


def _invalid(message: str) -> Any:
    return error_response_json("InvalidParameterException", message, 400)


def _delete(physical_id: str, props: Properties) -> None:
    if physical_id not in cognito._user_pools:
        return
    status, _, body = cognito._delete_user_pool({"UserPoolId": physical_id})
    if status >= 400:
        raise ValueError(json.loads(body)["message"])
