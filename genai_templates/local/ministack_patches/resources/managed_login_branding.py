"""AWS::Cognito::ManagedLoginBranding, which ministack lacks: without one, managed login has no pages for a client.

docs/upstream/ministack/cognito-sign-in.md
Checked as Cognito does it: a pool above the plan Lite, a client of it that has no style yet, and either Cognito's own
values or others.
"""

from __future__ import annotations

import uuid
from typing import Any

from ministack.services import cognito

from ..api_parameters import api_parameters

Properties = dict[str, Any]
Created = tuple[str, dict[str, str]]
TYPE = "AWS::Cognito::ManagedLoginBranding"


def _create(logical_id: str, props: Properties, stack_name: str) -> Created:
    props = api_parameters(
        "cognito-idp", "CreateManagedLoginBranding", {k: v for k, v in props.items() if k != "ReturnMergedResources"}
    )
    pool = cognito._user_pools.get(props["UserPoolId"])
    if not pool or props["ClientId"] not in pool["_clients"]:
        raise ValueError(f"User pool client {props['ClientId']} does not exist.")
    if pool.get("UserPoolTier", "ESSENTIALS") == "LITE":
        raise ValueError("Managed login branding is not available in the feature plan of this user pool")
    if bool(props.get("UseCognitoProvidedValues")) == ("Settings" in props):
        raise ValueError("Give either Settings or UseCognitoProvidedValues")
    styles = pool.setdefault("_styles", {})
    if props["ClientId"] in styles:
        raise ValueError(f"The app client {props['ClientId']} already has an existing style")
    styles[props["ClientId"]] = style = str(uuid.uuid4())
    return f"{props['UserPoolId']}|{style}", {"ManagedLoginBrandingId": style}


def _update(physical_id: str, old: Properties, new: Properties, stack_name: str) -> Created:
    if (old["UserPoolId"], old["ClientId"]) != (new["UserPoolId"], new["ClientId"]):
        return _create("", new, stack_name)
    return physical_id, {"ManagedLoginBrandingId": physical_id.rpartition("|")[2]}


def _delete(physical_id: str, props: Properties) -> None:
    pool_id, _, style = physical_id.partition("|")
    styles = cognito._user_pools.get(pool_id, {}).get("_styles", {})
    for client in [client for client, each in styles.items() if each == style]:
        del styles[client]


HANDLERS = {"create": _create, "update": _update, "delete": _delete}
