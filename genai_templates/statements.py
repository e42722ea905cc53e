"""The statements of a role's own policies, as troposphere and awacs hold them."""

from __future__ import annotations

from collections.abc import Iterator

from awacs.aws import Statement
from troposphere import AWSObject, Ref, Template

from .iam import Role


def statements(role: AWSObject) -> Iterator[Statement]:
    """Give the statements of a role's own policies."""
    for policy in role.properties.get("Policies", ()):
        yield from policy.PolicyDocument.Statement


def statements_of(template: Template, role: Role) -> Iterator[Statement]:
    """Give the statements of a role's own policies, and of the policies of the template that are for it."""
    yield from statements(role.resource)
    for resource in template.resources.values():
        if resource.resource_type == "AWS::IAM::Policy" and Ref(role.resource) in resource.Roles:
            yield from resource.PolicyDocument.Statement


def named_resources(statement: Statement) -> list[object]:
    """Return the resources that a statement names; a function of the template that returns a list names none here."""
    return statement.Resource if isinstance(statement.Resource, list) else []
