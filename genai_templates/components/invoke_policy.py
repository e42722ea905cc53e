"""The policy that lets a principal of IAM call an API."""

from __future__ import annotations

from awacs.aws import Allow, PolicyDocument, Statement
from awacs.execute_api import Invoke
from troposphere import Sub, iam

from ..scope import Scope
from .api import STAGE, Api


def add_invoke_policy(scope: Scope, *, api: Api) -> iam.ManagedPolicy:
    """Add a policy, to be attached to users and roles, that allows to call the routes of this API's stage."""
    routes = Sub(
        f"arn:${{AWS::Partition}}:execute-api:${{AWS::Region}}:${{AWS::AccountId}}:${{{api.rest_api.title}}}/{STAGE}/*"
    )
    statement = Statement(Sid="CallApi", Effect=Allow, Action=[Invoke], Resource=[routes])
    return scope.add(
        iam.ManagedPolicy,
        "InvokePolicy",
        Description=Sub("Calls the API of ${AWS::StackName}"),
        PolicyDocument=PolicyDocument(Version="2012-10-17", Statement=[statement]),
    )
