"""IAM decisions: a record of them, and those about the services that ministack lacks.

docs/upstream/ministack/sagemaker.md, docs/upstream/ministack/cloudformation-permissions.md
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ministack.core import iam_actions, iam_evaluator
from ministack.services import cloudformation

from ..protocol import Decision
from .control import add_control_route
from .message_moves import source_of

DECISIONS: list[Decision] = []
"""Every decision about a call of a role, in order."""

_SERVICES = {
    "sagemaker": ["sagemaker-runtime"],
    "application-autoscaling": ["application-autoscaling"],
    "servicequotas": ["service-quotas"],
}
_OF_A_QUOTA = {
    "GetServiceQuota",
    "ListRequestedServiceQuotaChangeHistoryByQuota",
    "RequestServiceQuotaIncrease",
}
# Which parameter of a SageMaker operation names the resource that it is checked against, most specific first.
_SAGEMAKER_RESOURCES = {
    "InferenceComponentRuntimeConfig": ("InferenceComponentName", "inference-component"),
    "InferenceComponent": ("InferenceComponentName", "inference-component"),
    "NotebookInstance": ("NotebookInstanceName", "notebook-instance"),
    "EndpointConfig": ("EndpointConfigName", "endpoint-config"),
    "Endpoint": ("EndpointName", "endpoint"),
    "Model": ("ModelName", "model"),
}


def apply() -> None:
    """Have ministack judge the added services, and record what it decides."""
    for service, models in _SERVICES.items():
        iam_actions.SERVICE_TO_IAM_NAMESPACE[service] = service
        iam_actions._BOTOCORE_SERVICE_MAP[service] = models
    iam_actions.extract_resource_arn = _with_added_resources(iam_actions.extract_resource_arn)
    iam_actions.request_tag_context = _with_added_conditions(iam_actions.request_tag_context)
    iam_evaluator.enforce = _recorded(iam_evaluator.enforce)
    add_control_route("GET", "decisions", lambda: [dataclasses.asdict(decision) for decision in DECISIONS])


def check_role(role_arn: str, actions: Sequence[str], resource: str) -> str | None:
    """Return the first of these actions that the role may not do, as a service checks it that acts for the role."""
    from ministack.core.responses import get_account_id, get_region

    name = role_arn.rsplit("/", 1)[-1]
    account = get_account_id()
    policies = iam_evaluator._gather_role_policies(name, account)
    principal = f"arn:aws:sts::{account}:assumed-role/{name}/service"
    for action in actions:
        context = iam_evaluator.EvalContext(
            principal_arn=principal,
            principal_type="AssumedRole",
            principal_account=account,
            action=action,
            resource_arn=resource,
            region=get_region(),
        )
        allowed = iam_evaluator.evaluate(context, policies).decision == "Allow"
        DECISIONS.append(Decision(principal, action, resource, allowed))
        if not allowed:
            return action
    return None


def _recorded(enforce: Callable[..., Any]) -> Callable[..., Any]:
    def recording(access_key: str, action: str, service: str, region: str, **more: Any) -> Any:
        refusal = enforce(access_key, action, service, region, **more)
        caller = iam_evaluator.resolve_caller_identity(access_key)
        if caller and ":assumed-role/" in caller["userArn"]:
            decision = Decision(caller["userArn"], action, more.get("resource_arn", "*"), refusal is None)
            DECISIONS.append(decision)
            if refusal is not None:
                print("refused", action, "on", decision.resource, "to", decision.role, flush=True)
        return refusal

    return recording


def _with_added_resources(extract: Callable[..., str]) -> Callable[..., str]:
    def extract_resource_arn(
        service: str, method: str, path: str, headers: Any, body: bytes, query: Any, region: str, account: str
    ) -> str:
        if named := _named_resource(headers.get("x-amz-target", ""), body, query, region, account):
            return named
        if service == "sagemaker":
            return f"arn:aws:sagemaker:{region}:{account}:{_sagemaker_resource(path, headers, body)}"
        if service == "application-autoscaling" and "Scalable" in headers.get("x-amz-target", ""):
            return f"arn:aws:application-autoscaling:{region}:{account}:scalable-target/0ec0example"
        if service == "cloudformation" and (stack := _stack_of_change_set(query)):
            return stack
        every = first_value(query, "Action") == "DescribeStacks" and not first_value(query, "StackName")
        if service == "cloudformation" and every:
            return f"arn:aws:cloudformation:{region}:{account}:stack/*/*"
        found = extract(service, method, path, headers, body, query, region, account)
        # CloudFormation names a log group by the stack, the logical id and something random; ministack by a path.
        found = re.sub(r":log-group:/aws/cloudformation/([^/]+)/([^:]+)", r":log-group:\1-\2-EXAMPLE", found)
        called = headers.get("x-amz-target", "") + path + first_value(query, "Action")
        if service == "monitoring" and found == "*" and "DescribeAlarms" in called:  # all of them
            return f"arn:aws:cloudwatch:{region}:{account}:alarm:*"
        return found

    return extract_resource_arn


def _named_resource(target: str, body: bytes, query: Mapping[str, Any], region: str, account: str) -> str:
    """Return the ARN of the resource that some operations are judged on by the service authorization reference."""
    operation = target.rpartition(".")[2] or first_value(query, "Action")
    if operation == "SimulatePrincipalPolicy":
        return first_value(query, "PolicySourceArn")
    if operation.endswith(("MessageMoveTask", "MessageMoveTasks")):
        return source_of(body)
    if operation in _OF_A_QUOTA:
        given = json.loads(body)
        return f"arn:aws:servicequotas:{region}:{account}:{given['ServiceCode']}/{given['QuotaCode']}"
    if operation == "DescribeHubContent":
        given = json.loads(body)
        name = "/".join((given["HubName"], given["HubContentType"], given["HubContentName"]))
        return f"arn:aws:sagemaker:{region}:aws:hub-content/{name}/{given.get('HubContentVersion', '*')}"
    return ""


def first_value(parameters: Mapping[str, Any], name: str) -> str:
    """Return a parameter of the query protocol, or nothing."""
    value = parameters.get(name, "")
    return str(value[0] if isinstance(value, list) else value)


def _stack_of_change_set(query: Mapping[str, Any]) -> str:
    """Return the id of the stack whose change set is named by its own id alone."""
    change_set = cloudformation._change_sets.get(first_value(query, "ChangeSetName"))
    return change_set["StackId"] if change_set else ""


def _sagemaker_resource(path: str, headers: Any, body: bytes) -> str:
    if path.startswith("/endpoints/"):
        return f"endpoint/{path.split('/')[2]}"
    operation = headers.get("x-amz-target", "")
    if operation.endswith(("AddTags", "ListTags", "DeleteTags")):
        return str(json.loads(body).get("ResourceArn", "")).split(":", 5)[-1]
    for noun, (parameter, kind) in _SAGEMAKER_RESOURCES.items():
        if operation.endswith(noun):
            return f"{kind}/{json.loads(body).get(parameter, '')}".lower()
    return "*"


def _with_added_conditions(context: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    def request_context(service: str, action: str, body: bytes, params: Any) -> dict[str, Any]:
        added: dict[str, Any] = {}
        if service == "application-autoscaling":
            namespace = json.loads(body or b"{}").get("ServiceNamespace")
            added = {"application-autoscaling:service-namespace": namespace}
        if service == "cloudformation" and (role := first_value(params, "RoleARN")):
            added = {"cloudformation:rolearn": role}
        known: dict[str, Any] = context(service, action, body, params)
        return {**known, **added}

    return request_context
