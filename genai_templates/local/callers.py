"""Callers of a stack on this machine: what lets somebody in who has just started it."""

from __future__ import annotations

from .deployed_stack import DeployedStack
from .emulator import CREDENTIALS, REGION

_USER = "user@example.com"
_PASSWORD = "Local-user-1"  # as the pool's policy demands it; it opens nothing but this machine's


def add_local_callers(stack: DeployedStack) -> list[str]:
    """Add a user where people sign in; return a line for each way into the stack's APIs, none where all are open."""
    pools = stack.ids_of("AWS::Cognito::UserPool")
    others = {key for name, key in stack.resources.items() if name.endswith("DistributionKey")}  # they let nobody in
    keys = [key for key in stack.ids_of("AWS::ApiGateway::ApiKey") if key not in others]
    for pool in pools:
        _add_user(stack, pool)
    lines = [f"sign in as {_USER} with the password {_PASSWORD}"] if pools else []
    for key in keys:
        value = stack.client("apigateway").get_api_key(apiKey=key, includeValue=True)["value"]
        lines.append(f"API key {value}")
    if "InvokePolicyArn" in "".join(stack.outputs):
        lines.append(_signing(stack))
    return lines


def _add_user(stack: DeployedStack, pool: str) -> None:
    cognito = stack.client("cognito-idp")
    attributes = [{"Name": "email", "Value": _USER}, {"Name": "email_verified", "Value": "true"}]
    cognito.admin_create_user(UserPoolId=pool, Username=_USER, UserAttributes=attributes, MessageAction="SUPPRESS")
    cognito.admin_set_user_password(UserPoolId=pool, Username=_USER, Password=_PASSWORD, Permanent=True)


def _signing(stack: DeployedStack) -> str:
    urls = [url for name, url in sorted(stack.outputs.items()) if name.endswith("ApiGatewayUrl")]
    apis = [url.removeprefix("https://").split(".")[0] for url in urls]
    places = ", ".join(f"{stack.emulator.url}/_aws/execute-api/{api}/prod" for api in apis)
    key, secret = CREDENTIALS.values()
    return f"sign requests to {places} for execute-api in {REGION}, with the access key {key} and the secret {secret}"
