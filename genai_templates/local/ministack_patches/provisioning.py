"""Stack operations with the permissions of the role that begins them, or of the service role that they name.

What a resource's handlers use, by the schema of its type, has to be allowed on the resource; the administrator may do
everything, and needs no service role. So has what the template itself asks EC2, before anything is changed.
docs/upstream/ministack/cloudformation-permissions.md
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextvars import ContextVar
from functools import cache
from typing import Any

from ministack.core import iam_actions, iam_evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.services.cloudformation import changesets, handlers, helpers, stacks

from ...authorization import arn_patterns, has_resources
from ...handler_permissions import evaluation_actions, handler_actions
from ..protocol import Decision
from .permissions import DECISIONS, first_value
from .resource_arns import other_arns, own_arn

_CLOUDFORMATION = "cloudformation.amazonaws.com"
_EC2_KINDS = {
    "fl": "vpc-flow-log",
    "igw": "internet-gateway",
    "rtb": "route-table",
    "sg": "security-group",
    "subnet": "subnet",
    "vpc": "vpc",
    "vpce": "vpc-endpoint",
}


_TAKING_ROLES = ("CreateStack", "UpdateStack", "CreateChangeSet", "DeleteStack", "ContinueUpdateRollback")
_stack_name: ContextVar[str] = ContextVar("_stack_name", default="")
_service_roles: dict[str, str] = {}  # by the stack's name: the role that it was last given


def apply() -> None:
    """Have CloudFormation ask before it creates, updates and deletes."""
    for operation in _TAKING_ROLES:
        handlers._ACTION_HANDLERS[operation] = _with_role(handlers._ACTION_HANDLERS[operation])
    handlers._resolve_parameters = _evaluated(handlers._resolve_parameters)
    changesets._resolve_parameters = _evaluated(changesets._resolve_parameters)
    delete = stacks._delete_resource
    stacks._provision_keeping_seed = _provisioned(stacks._provision_keeping_seed, delete)
    stacks._update_keeping_seed = _updated(stacks._update_keeping_seed)
    stacks._delete_resource = _deleted(delete)


def _with_role(handle: Callable[[dict[str, Any]], Any]) -> Callable[[dict[str, Any]], Any]:
    def handle_with_role(parameters: dict[str, Any]) -> Any:
        role, stack = first_value(parameters, "RoleARN"), first_value(parameters, "StackName")
        name = stack.split("/")[1] if stack.startswith("arn:") else stack
        if role:
            caller = iam_evaluator.caller_arn()
            try:
                _allow(caller, "iam:PassRole", role, {"iam:passedtoservice": _CLOUDFORMATION})
            except PermissionError as error:
                return helpers._error("AccessDenied", str(error), 403)
            _service_roles[name] = role
        elif first_value(parameters, "ChangeSetType") == "CREATE" or first_value(parameters, "Action") == "CreateStack":
            _service_roles.pop(name, None)  # the role of a stack that had this name before
        _stack_name.set(name)
        return handle(parameters)

    return handle_with_role


def _evaluated(resolve: Callable[..., Any]) -> Callable[..., Any]:
    def resolve_if_allowed(template: dict[str, Any], *given: Any) -> Any:
        caller = _principal(_stack_name.get())
        try:
            for action in sorted(evaluation_actions(template)):
                _allow(caller, action, "*", {"aws:calledvia": [_CLOUDFORMATION]})
        except PermissionError as error:
            raise ValueError(f"Template error: {error}") from None
        return resolve(template, *given)

    return resolve_if_allowed


def _provisioned(provision: Callable[..., Any], delete: Callable[..., Any]) -> Callable[..., Any]:
    def provision_if_allowed(kind: str, logical_id: str, properties: dict[str, Any], stack_name: str) -> Any:
        resource = {"Type": kind, "Properties": properties}
        if kind.startswith("Custom::"):  # nothing could take back what its function does
            _check(("create",), resource, logical_id, stack_name, logical_id)
        created = provision(kind, logical_id, properties, stack_name)
        physical_id = created[0][0]
        try:
            _check(("create", "read"), resource, logical_id, stack_name, physical_id)
        except PermissionError:
            delete(kind, physical_id, properties, stack_name, logical_id)
            raise
        return created

    return provision_if_allowed


def _updated(update: Callable[..., Any]) -> Callable[..., Any]:
    def update_if_allowed(
        kind: str, physical_id: str, before: Any, after: Any, stack_name: str, logical_id: str, *more: Any
    ) -> Any:
        if before != after:
            resource = {"Type": kind, "Properties": after}
            _check(("update", "read"), resource, logical_id, stack_name, physical_id)
        return update(kind, physical_id, before, after, stack_name, logical_id, *more)

    return update_if_allowed


def _deleted(delete: Callable[..., None]) -> Callable[..., None]:
    def delete_if_allowed(kind: str, physical_id: str, properties: Any, stack_name: str, logical_id: str) -> None:
        resource = {"Type": kind, "Properties": properties}
        _check(("delete",), resource, logical_id, stack_name, physical_id)
        delete(kind, physical_id, properties, stack_name, logical_id)

    return delete_if_allowed


def _check(
    operations: tuple[str, ...], resource: Mapping[str, Any], logical_id: str, stack_name: str, physical_id: str
) -> None:
    """Raise PermissionError, with the message of IAM, for the first action that the caller may not use."""
    caller = _principal(stack_name)
    if not _is_role(caller):
        return
    own = own_arn(resource, stack_name, logical_id, physical_id)
    arns = [own, *other_arns(resource), *_arns_in(resource["Properties"])]
    for action in sorted(handler_actions(resource, operations)):
        for arn in _arns_of(action, arns):
            _allow(caller, action, arn, _service_context(resource, own))


def _principal(stack_name: str) -> str:
    """Return in whose name CloudFormation changes a stack: its service role's, or the caller's."""
    if role := _service_roles.get(stack_name):
        return f"arn:aws:sts::{get_account_id()}:assumed-role/{role.rsplit('/', 1)[-1]}/AWSCloudFormation"
    return str(iam_evaluator.caller_arn())


def _is_role(caller: str) -> bool:
    return ":assumed-role/" in caller


def _allow(caller: str, action: str, arn: str, conditions: dict[str, Any]) -> None:
    """Raise PermissionError, with the message of IAM, when a role's policies do not allow the action."""
    if not _is_role(caller):
        return
    context = iam_evaluator.EvalContext(
        principal_arn=caller,
        principal_type="AssumedRole",
        principal_account=get_account_id(),
        action=action,
        resource_arn=arn,
        region=get_region(),
        service_context=conditions,
    )
    policies = iam_evaluator._gather_role_policies(caller.split("/")[1], get_account_id())
    allowed = iam_evaluator.evaluate(context, policies).decision == "Allow"
    DECISIONS.append(Decision(caller, action, arn, allowed))
    if not allowed:
        raise PermissionError(iam_actions.identity_denial_message(action, caller, arn, explicit_deny=False))


def _service_context(resource: Mapping[str, Any], own: str) -> dict[str, Any]:
    """Return the condition keys that the calls have."""
    properties = resource["Properties"]
    function = str(properties.get("FunctionName", ""))
    return {
        "aws:calledvia": [_CLOUDFORMATION],
        "iam:passedtoservice": f"{own.split(':')[2]}.amazonaws.com",
        "iam:policyarn": next(iter(properties.get("ManagedPolicyArns", ())), None),
        "lambda:functionarn": own_arn({"Type": "AWS::Lambda::Function", "Properties": {}}, "", "", function),
    }


def _arns_of(action: str, arns: Iterable[str]) -> list[str]:
    """Return those of the ARNs that the action takes: the resource's own, if none seems to fit."""
    if not has_resources(action):
        return ["*"]
    every = list(arns)
    return [arn for arn in every if any(pattern.fullmatch(arn) for pattern in _patterns(action))] or every[:1]


@cache
def _patterns(action: str) -> list[re.Pattern[str]]:
    return [re.compile(re.sub(r"\$\{\w+\}", "[^:]*", pattern)) for pattern in arn_patterns(action)]


def _arns_in(node: Any) -> Iterator[str]:
    """Yield the ARNs of what properties refer to: by ARN, by the id of EC2, as an object of S3."""
    if isinstance(node, str):
        if node.startswith("arn:"):
            yield node
        elif (found := re.fullmatch(r"(\w+)-[0-9a-f]{8,17}", node)) and (kind := _EC2_KINDS.get(found[1])):
            yield f"arn:aws:ec2:{get_region()}:{get_account_id()}:{kind}/{node}"
    elif isinstance(node, Mapping):
        if "S3Bucket" in node:
            yield f"arn:aws:s3:::{node['S3Bucket']}/{node['S3Key']}"
        for each in node.values():
            yield from _arns_in(each)
    elif isinstance(node, list):
        for each in node:
            yield from _arns_in(each)
