"""Roles that begin with nothing, and grow by the grants of what they access."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from awacs.aws import Allow, Bool, Condition, Deny, PolicyDocument, Principal, Statement
from awacs.helpers.trust import make_simple_assume_policy
from troposphere import AWSHelperFn, GetAtt, Sub, iam

from .scope import Scope

ANY_RESOURCE = "*"
"""For the few actions without resource-level permission; the reason stands beside each use."""


class Role(NamedTuple):
    """A role of the template: ``arn`` for what assumes it, ``allow`` for what grants it something."""

    resource: iam.Role

    @property
    def arn(self) -> GetAtt:
        """The role's ARN."""
        return GetAtt(self.resource, "Arn")

    def allow(
        self,
        sid: str,
        actions: Sequence[object],
        resources: Sequence[str | AWSHelperFn] | AWSHelperFn,
        *,
        condition: Condition | None = None,
    ) -> None:
        """Allow these awacs actions on these resources, as one statement of the role's inline policy.

        The resources may be a function of the template that returns a list. Where the role has a statement of this
        ``sid``, a list of resources joins it. Raises ValueError for another statement of the same ``sid``.
        """
        conditions = {} if condition is None else {"Condition": condition}
        resource = resources if isinstance(resources, AWSHelperFn) else list(resources)
        statement = Statement(Sid=sid, Effect=Allow, Action=list(actions), Resource=resource, **conditions)
        if "Policies" not in self.resource.properties:
            document = PolicyDocument(Version="2012-10-17", Statement=[])
            self.resource.Policies = [iam.Policy(PolicyName="Grants", PolicyDocument=document)]
        statements = self.resource.Policies[0].PolicyDocument.Statement
        for present in statements:
            if present.Sid == sid:
                _join(present, statement)
                return
        statements.append(statement)


def _join(present: Statement, joining: Statement) -> None:
    """Let a statement be for the resources of another one too, if the two are alike otherwise."""
    lists = isinstance(present.Resource, list) and isinstance(joining.Resource, list)
    if not lists or _without_resources(present) != _without_resources(joining):
        raise ValueError(f"the role has another statement {present.Sid!r}: join resources alone, or give a new name")
    present.Resource.extend(joining.Resource)


def _without_resources(statement: Statement) -> dict[str, object]:
    return {name: value for name, value in statement.JSONrepr().items() if name != "Resource"}


def add_role(scope: Scope, logical_id: str, *, service: str, description: str) -> Role:
    """Add a role without permissions that this service (``lambda``, ``sagemaker`` ...) may assume."""
    return Role(
        scope.add(
            iam.Role,
            logical_id,
            AssumeRolePolicyDocument=make_simple_assume_policy(f"{service}.amazonaws.com"),
            Description=description,
        )
    )


def tls_only(sid: str, actions: Sequence[object], resource: AWSHelperFn) -> Statement:
    """Return the statement of a resource's policy that refuses everybody these actions without TLS."""
    return Statement(
        Sid=sid,
        Effect=Deny,
        Principal=Principal("*"),
        Action=list(actions),
        Resource=[resource],
        Condition=Condition(Bool({"aws:SecureTransport": False})),
    )


def arn(service: str, resource: str) -> Sub:
    """Return the ARN of a resource of this account and region; ``resource`` may have ``${...}`` of ``Fn::Sub``."""
    return Sub(f"arn:${{AWS::Partition}}:{service}:${{AWS::Region}}:${{AWS::AccountId}}:{resource}")
