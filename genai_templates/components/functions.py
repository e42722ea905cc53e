"""Lambda functions, each with its own role and log group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import awacs.awslambda
import awacs.logs
import awacs.xray
from troposphere import AWSHelperFn, GetAtt, NoValue, Ref, Template, awslambda, logs

from ..iam import ANY_RESOURCE, Role, add_role
from ..names import GOES_WITH_THE_STACK, Names

RUNTIME = "python3.13"


class JsonLogging(awslambda.LoggingConfig):
    """``LoggingConfig`` with the property that troposphere 4.11 leaves out."""

    props: ClassVar[dict[str, object]] = {**awslambda.LoggingConfig.props, "LogFormat": (str, False)}


@dataclass(frozen=True)
class Code:
    """Where the code of functions is, and what it was built for."""

    bucket: str | AWSHelperFn
    key: str | AWSHelperFn
    architecture: str


@dataclass(frozen=True)
class Placement:
    """The subnets and security groups of functions that run in a VPC."""

    subnet_ids: Sequence[AWSHelperFn]
    security_group_ids: Sequence[AWSHelperFn]


@dataclass(frozen=True)
class Function:
    """A Lambda function of the template."""

    resource: awslambda.Function
    role: Role

    @property
    def arn(self) -> GetAtt:
        """The function's ARN."""
        return GetAtt(self.resource, "Arn")

    @property
    def name(self) -> Ref:
        """The function's name."""
        return Ref(self.resource)

    def grant_invoke(self, role: Role) -> None:
        """Let the role invoke the function."""
        role.allow("InvokeFunction", [awacs.awslambda.InvokeFunction], [self.arn])


def add_function(
    template: Template,
    names: Names,
    logical_id: str,
    *,
    handler: str,
    code: Code,
    description: str,
    memory: int,
    timeout: int | AWSHelperFn,
    environment: Mapping[str, object],
    log_retention: int | AWSHelperFn,
    placement: Placement | None = None,
) -> Function:
    """Add a function with its own role and log group.

    ``memory`` is in megabytes (128 to 10,240), ``timeout`` in seconds (1 to 900), ``log_retention`` in days.
    """
    log_group = template.add_resource(
        logs.LogGroup(names(f"{logical_id}Logs"), RetentionInDays=log_retention, **GOES_WITH_THE_STACK)
    )
    role = _add_execution_role(template, names, logical_id, log_group=log_group)
    extras = {} if placement is None else _join_vpc(role, placement)
    function = awslambda.Function(
        names(logical_id),
        Architectures=[code.architecture],
        Code=awslambda.Code(S3Bucket=code.bucket, S3Key=code.key),
        Description=description,
        Environment=awslambda.Environment(Variables=dict(environment)) if environment else NoValue,
        Handler=handler,
        LoggingConfig=JsonLogging(
            LogFormat="JSON", ApplicationLogLevel="INFO", SystemLogLevel="WARN", LogGroup=Ref(log_group)
        ),
        MemorySize=memory,
        Role=role.arn,
        Runtime=RUNTIME,
        Timeout=timeout,
        TracingConfig=awslambda.TracingConfig(Mode="Active"),
        **extras,
    )
    return Function(template.add_resource(function), role)


def _add_execution_role(template: Template, names: Names, logical_id: str, *, log_group: logs.LogGroup) -> Role:
    role = add_role(template, names, f"{logical_id}Role", service="lambda", description=f"Runs {logical_id}")
    role.allow("WriteLogs", [awacs.logs.CreateLogStream, awacs.logs.PutLogEvents], [GetAtt(log_group, "Arn")])
    # X-Ray has no resource-level permission for what it takes in.
    role.allow("SendTraces", [awacs.xray.PutTraceSegments, awacs.xray.PutTelemetryRecords], [ANY_RESOURCE])
    return role


def _join_vpc(role: Role, placement: Placement) -> dict[str, object]:
    import awacs.ec2

    # Lambda makes and deletes the interfaces itself; these actions have no resource-level permission that would
    # still let it describe them. (AWS Lambda developer guide, "Execution role permissions" for VPC access.)
    role.allow(
        "JoinVpc",
        [
            awacs.ec2.CreateNetworkInterface,
            awacs.ec2.DescribeNetworkInterfaces,
            awacs.ec2.DescribeSubnets,
            awacs.ec2.DeleteNetworkInterface,
            awacs.ec2.AssignPrivateIpAddresses,
            awacs.ec2.UnassignPrivateIpAddresses,
        ],
        [ANY_RESOURCE],
    )
    return {
        "VpcConfig": awslambda.VPCConfig(
            SubnetIds=list(placement.subnet_ids), SecurityGroupIds=list(placement.security_group_ids)
        )
    }
