"""Checks of a Lambda function's code, VPC and role, which ministack's CloudFormation leaves out, and handlers' errors.

docs/upstream/ministack/lambda-code.md
docs/upstream/ministack/lambda-vpc.md
docs/upstream/ministack/lambda-event-source-mapping.md
docs/upstream/ministack/lambda-execution-role.md
docs/upstream/ministack/lambda-handler-errors.md
"""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Callable
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc
from ministack.services.cloudformation import provisioners

from .control import add_control_route
from .permissions import check_role
from .service_calls import call_s3, call_sqs
from .vpc import check_place

Properties = dict[str, Any]
_RUNTIME = "python3.13"
# A zip's compiled packages load in the interpreter alone that they were compiled for: an emulator that runs on another
# one lends its own Pillow to the functions that bring one. From the others it is hidden, as Lambda has none.
_LEND_PILLOW = """
import os, sys
if os.path.isdir(os.path.join(os.getcwd(), "PIL")):
    import PIL
"""
_HIDE_PILLOW = """
import os, sys
if not os.path.isdir(os.path.join(os.getcwd(), "PIL")):
    sys.modules["PIL"] = None
"""
# ministack ends the process after an error that a handler raises, Lambda does not: it is passed on as a result.
_END_PROCESS = '"status": "error", "error": str(e), "trace"'
_KEEP_PROCESS = '"status": "ok", "raised": True, "error": str(e), "trace"'
# AWS Lambda developer guide, "Execution role permissions" for VPC access.
_JOIN = (
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
)
_CONSUME = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")


def apply() -> None:
    """Have ministack refuse what Lambda refuses."""
    handlers = provisioners._RESOURCE_HANDLERS
    handlers["AWS::Lambda::Function"] = _with_vpc(_checked(handlers["AWS::Lambda::Function"], _check_function))
    handlers["AWS::Lambda::EventSourceMapping"] = _checked(handlers["AWS::Lambda::EventSourceMapping"], _check_consumer)
    handlers["AWS::Lambda::EventInvokeConfig"] = _checked(
        handlers["AWS::Lambda::EventInvokeConfig"], _check_destination
    )
    add_control_route("POST", "functions/start", _start)
    assert _END_PROCESS in lambda_runtime._PYTHON_WORKER_SCRIPT
    lambda_runtime._PYTHON_WORKER_SCRIPT = lambda_runtime._PYTHON_WORKER_SCRIPT.replace(_END_PROCESS, _KEEP_PROCESS)
    lambda_runtime.Worker.invoke = _keeping_the_process(lambda_runtime.Worker.invoke)
    lambda_svc._execute_function_warm = _naming_errors(lambda_svc._execute_function_warm)
    lambda_runtime._PYTHON_WORKER_SCRIPT = _HIDE_PILLOW + lambda_runtime._PYTHON_WORKER_SCRIPT
    if sys.version_info[:2] != tuple(int(part) for part in _RUNTIME.removeprefix("python").split(".")):
        lambda_runtime._PYTHON_WORKER_SCRIPT = _LEND_PILLOW + lambda_runtime._PYTHON_WORKER_SCRIPT


async def _start(name: str) -> str:
    """Start a process of the function and import its handler; return what is wrong with it, or nothing."""
    function = lambda_svc._functions[name]
    worker, _ = lambda_runtime.acquire_worker(name, function["config"], function["code_zip"])
    try:
        await asyncio.to_thread(lambda_runtime.ensure_spawned, worker)
    except RuntimeError as error:
        return f"{function['config']['Handler']} cannot be started: {error}"
    finally:
        lambda_runtime.release_worker(worker)
    return ""


def _keeping_the_process(invoke: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    def invoke_keeping(*arguments: Any, **named: Any) -> dict[str, Any]:
        response = invoke(*arguments, **named)
        return {**response, "status": "error"} if response.get("raised") else response

    return invoke_keeping


def _naming_errors(execute: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """Report a handler's error under the name of its class, as Lambda's runtime does."""

    def execute_naming_errors(function: dict[str, Any], event: Any, request_id: str) -> dict[str, Any]:
        result = execute(function, event, request_id)
        raised = re.search(r"^(?:[\w.]+\.)?(\w+)(?::.*)?\Z", result.get("log", "").strip(), re.MULTILINE)
        if result.get("error") and raised and result["body"].get("errorType") == "Runtime.HandlerError":
            result["body"]["errorType"] = raised[1]
        if result.get("error") and not result.get("throttle"):
            print("function", function["config"]["FunctionName"], "failed:", result["body"], flush=True)
        return result

    return execute_naming_errors


def _checked(handlers: dict[str, Any], check: Callable[[Properties], None]) -> dict[str, Any]:
    create, update = handlers["create"], handlers["update"]

    def create_checked(logical_id: str, props: Properties, stack_name: str) -> Any:
        check(props)
        return create(logical_id, props, stack_name)

    def update_checked(physical_id: str, old: Properties, new: Properties, *more: Any) -> Any:
        check(new)
        return update(physical_id, old, new, *more)

    return {**handlers, "create": create_checked, "update": update_checked}


def _with_vpc(handlers: dict[str, Any]) -> dict[str, Any]:
    """Keep the VPC of a function, which ministack's CloudFormation drops."""
    create, update = handlers["create"], handlers["update"]

    def create_with_vpc(logical_id: str, props: Properties, stack_name: str) -> Any:
        return _placed(create(logical_id, props, stack_name), props)

    def update_with_vpc(physical_id: str, old: Properties, new: Properties, *more: Any) -> Any:
        return _placed(update(physical_id, old, new, *more), new)

    return {**handlers, "create": create_with_vpc, "update": update_with_vpc}


def _placed(made: Any, props: Properties) -> Any:
    configuration = lambda_svc._functions[made[0]]["config"]
    vpc = props.get("VpcConfig", {"SubnetIds": [], "SecurityGroupIds": []})
    if vpc["SubnetIds"] or configuration.get("VpcConfig"):
        configuration["VpcConfig"] = lambda_svc._vpc_config_with_id(vpc)
    return made


def _check_function(props: Properties) -> None:
    code = props["Code"]
    vpc = props.get("VpcConfig", {})
    check_place(vpc.get("SubnetIds", []), vpc.get("SecurityGroupIds", []))
    if vpc and (refused := check_role(props["Role"], _JOIN, "*")):
        raise ValueError(f"The provided execution role does not have permissions to call {refused}")
    if "S3Key" in code:
        call_s3("GET", f"/{code['S3Bucket']}/{code['S3Key']}")


def _check_consumer(props: Properties) -> None:
    source = props["EventSourceArn"]
    if ":sqs:" in source:
        _check_queue(props)
    if ":sqs:" in source and (refused := check_role(_role_of(props["FunctionName"]), _CONSUME, source)):
        raise ValueError(f"The function execution role does not have permissions to call {refused} on {source}")


def _check_queue(props: Properties) -> None:
    """Raise ValueError for a queue that hides messages for less time than the function has, and bad concurrency."""
    url = call_sqs("GetQueueUrl", QueueName=props["EventSourceArn"].rpartition(":")[2])["QueueUrl"]
    found = call_sqs("GetQueueAttributes", QueueUrl=url, AttributeNames=["VisibilityTimeout"])["Attributes"]
    _, config, _ = lambda_svc._get_func_record_for_ref(props["FunctionName"])
    hidden, timeout = int(found["VisibilityTimeout"]), int((config or {}).get("Timeout", 3))
    if hidden < timeout:
        raise ValueError(f"Queue visibility timeout: {hidden} seconds is less than Function timeout: {timeout} seconds")
    if scaling := props.get("ScalingConfig"):
        # A parameter is a text, and ministack compares it with a number.
        scaling["MaximumConcurrency"] = concurrency = int(scaling["MaximumConcurrency"])
        if not 2 <= concurrency <= 1000:
            raise ValueError(f"ScalingConfig: MaximumConcurrency is {concurrency}, and must be from 2 to 1000")


def _check_destination(props: Properties) -> None:
    for outcome in props.get("DestinationConfig", {}).values():
        arn = outcome["Destination"]
        if ":sqs:" in arn and (refused := check_role(_role_of(props["FunctionName"]), ("sqs:SendMessage",), arn)):
            raise ValueError(f"The function's execution role does not have permissions to call {refused} on {arn}")


def _role_of(function: str) -> str:
    _, config, _ = lambda_svc._get_func_record_for_ref(function)
    return str(config["Role"]) if config else ""
