"""Which stacks of a region are ours, and of which application."""

from __future__ import annotations

from .account import Account
from .stacks import APP_TAG, StackDescription, list_stacks

# Both templates have them, with every hosting; nobody else's template has all of these names.
_OUTPUTS = {"ApplicationUrl", "ApiGatewayUrl", "CloudFrontDistributionDomain"}
_PARAMETERS = {"AllowedOrigin", "IntegrationTimeout", "LogRetentionDays", "SetApiGatewayLoggingRole", "ThrottleRate"}
_OF_IMAGES = {"ImageBucketName", "JobRetries"}


def app_of(stack: StackDescription) -> str:
    """Return the application of a stack of ours, or nothing for any other stack.

    ``deploy`` tags its stacks. One that was made in the console has no tag: it is known by its outputs or, before it
    has them, by its parameters.
    """
    if tagged := stack.tags.get(APP_TAG):
        return tagged
    names = {*stack.outputs, *stack.parameters}
    if not (names >= _OUTPUTS or names >= _PARAMETERS):
        return ""
    return "image" if names & _OF_IMAGES else "text"


def list_own_stacks(account: Account) -> list[StackDescription]:
    """Return the stacks of the region that are ours, by name. Raises AwsError."""
    return sorted((stack for stack in list_stacks(account) if app_of(stack)), key=lambda stack: stack.name)
