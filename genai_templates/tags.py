"""The tag by which whatever a stack makes is found again, after the stack as well."""

from __future__ import annotations

from collections.abc import Iterable

from troposphere import AWSObject, Ref, Tags

STACK_TAG = "genai-templates:stack"
"""The key of the tag; its value is the stack's name."""


def tag_resources(resources: Iterable[AWSObject]) -> None:
    """Give these resources the tag of their stack, beside their own tags, if their type takes any.

    CloudFormation's own tags are not enough: not every type gets them, and the notebook's objects never do.
    """
    for resource in resources:
        if "Tags" in resource.props:
            tag = Tags(**{STACK_TAG: Ref("AWS::StackName")})
            resource.Tags = resource.Tags + tag if "Tags" in resource.properties else tag
        elif "UserPoolTags" in resource.props:  # Cognito's own name, for a mapping
            resource.UserPoolTags = {STACK_TAG: Ref("AWS::StackName")}
