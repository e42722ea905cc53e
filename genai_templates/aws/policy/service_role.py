"""The template of a service role: what CloudFormation assumes to work on a stack, so that people need little."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from troposphere import Output, Ref, Template, iam

from ...iam import add_role
from ...scope import Scope
from .documents import split, stack_policy
from .place import OwnPlace


def service_role_template(template: Mapping[str, Any], *, stack: str, bucket: str = "") -> Template:
    """Return the template of the service role for the stack of a template, in the account and region it is deployed in.

    CloudFormation alone may assume it, for whoever may pass it. The confused deputy needs no ``aws:SourceAccount``:
    a role can only be passed within its account, and CloudFormation documents the key for extensions alone.
    """
    made = Template(Description=f"Service role of CloudFormation for the stack {stack}")
    made.set_version()
    role = add_role(
        Scope(made), "ServiceRole", service="cloudformation", description=f"CloudFormation works on the stack {stack}"
    )
    documents = split(stack_policy(template, OwnPlace(stack=stack, bucket=bucket)))
    policies = [
        made.add_resource(iam.ManagedPolicy(f"Permissions{number}", PolicyDocument=document))
        for number, document in enumerate(documents, 1)
    ]
    role.resource.ManagedPolicyArns = [Ref(policy) for policy in policies]
    made.add_output(Output("RoleArn", Value=role.arn, Description="Give it to deploy, as --role-arn"))
    return made
