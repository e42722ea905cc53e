"""Lambda functions, each with its own role and log group."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, NamedTuple

import awacs.awslambda
import awacs.logs
import awacs.xray
from troposphere import AWSHelperFn, GetAtt, NoValue, Ref, awslambda, logs

from ..iam import ANY_RESOURCE, Role, add_role
from ..scope import Scope
from .log_groups import add_log_group

if TYPE_CHECKING:
    from .encryption_key import EncryptionKey

RUNTIME = "python3.13"


class JsonLogging(awslambda.LoggingConfig):
    """``LoggingConfig`` with the property that troposphere 4.11 leaves out."""

    props: ClassVar[dict[str, object]] = {**awslambda.LoggingConfig.props, "LogFormat": (str, False)}


class Code(NamedTuple):
    """Where the code of functions is, and what it was built for."""

    bucket: str | AWSHelperFn
    key: str | AWSHelperFn
    architecture: str

    @property
    def version(self) -> str | AWSHelperFn:
        """What changes with the code."""
        return self.key

    @property
    def location(self) -> awslambda.Code:
        """The code as Lambda takes it."""
        return awslambda.Code(S3Bucket=self.bucket, S3Key=self.key)


class InlineCode(NamedTuple):
    """Code that stands in the template: the source of the module ``index``, and what it is for."""

    source: str
    architecture: str

    @property
    def version(self) -> str:
        """What changes with the code."""
        return hashlib.sha256(self.source.encode()).hexdigest()

    @property
    def location(self) -> awslambda.Code:
        """The code as Lambda takes it."""
        return awslambda.Code(ZipFile=self.source)


class VpcConfig(NamedTuple):
    """The subnets and security groups of what runs in a VPC; ``roles`` are those of all that does, in order.

    ``reachable`` has the logical ids of what must be there before anything in the VPC reaches a service.
    """

    subnet_ids: AWSHelperFn | Sequence[AWSHelperFn]
    security_group_ids: AWSHelperFn | Sequence[AWSHelperFn]
    roles: list[Role]
    reachable: Sequence[str] = ()

    def values(self) -> tuple[AWSHelperFn | list[AWSHelperFn], AWSHelperFn | list[AWSHelperFn]]:
        """Return subnets and security groups as the properties of a resource take them."""
        return _property(self.subnet_ids), _property(self.security_group_ids)


def _property(given: AWSHelperFn | Sequence[AWSHelperFn]) -> AWSHelperFn | list[AWSHelperFn]:
    return given if isinstance(given, AWSHelperFn) else list(given)


class FunctionDefaults(NamedTuple):
    """What the functions of one artifact share.

    The code, the days that logs are kept, the VPC if they are in one, and the key of their environments and logs.
    """

    code: Code | InlineCode
    log_retention: int | AWSHelperFn
    vpc_config: VpcConfig | None = None
    key: EncryptionKey | None = None


class Function(NamedTuple):
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

    def set_variables(self, **variables: object) -> None:
        """Set further variables of the function's environment, which must not be empty before."""
        self.resource.Environment.Variables.update(variables)

    def grant_invoke(self, role: Role) -> None:
        """Let the role invoke the function."""
        role.allow("InvokeFunction", [awacs.awslambda.InvokeFunction], [self.arn])


def add_function(
    scope: Scope,
    logical_id: str,
    *,
    shared: FunctionDefaults,
    handler: str,
    description: str,
    memory: int,
    timeout: int | AWSHelperFn,
    environment: Mapping[str, object],
) -> Function:
    """Add a function with its own role and log group.

    ``memory`` is in megabytes (128 to 10,240), ``timeout`` in seconds (1 to 900).
    """
    code = shared.code
    log_group = add_log_group(scope, f"{logical_id}Logs", retention=shared.log_retention, key=shared.key)
    role = _add_execution_role(scope, logical_id, log_group=log_group)
    vpc_config = {} if shared.vpc_config is None else _vpc_config(role, shared.vpc_config)
    encryption = _encrypted(role, shared.key) if environment and shared.key is not None else {}
    function = scope.add(
        awslambda.Function,
        logical_id,
        Architectures=[code.architecture],
        Code=code.location,
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
        **vpc_config,
        **encryption,
    )
    return Function(function, role)


def _add_execution_role(scope: Scope, logical_id: str, *, log_group: logs.LogGroup) -> Role:
    role = add_role(scope, f"{logical_id}Role", service="lambda", description=f"Runs {logical_id}")
    role.allow("WriteLogs", [awacs.logs.CreateLogStream, awacs.logs.PutLogEvents], [GetAtt(log_group, "Arn")])
    # X-Ray has no resource-level permission for what it takes in.
    role.allow("SendTraces", [awacs.xray.PutTraceSegments, awacs.xray.PutTelemetryRecords], [ANY_RESOURCE])
    return role


def _encrypted(role: Role, key: EncryptionKey) -> dict[str, object]:
    key.grant_environment(role)
    return {"KmsKeyArn": key.arn}


def _vpc_config(role: Role, vpc_config: VpcConfig) -> dict[str, object]:
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
    vpc_config.roles.append(role)
    subnets, groups = vpc_config.values()
    return {"VpcConfig": awslambda.VPCConfig(SubnetIds=subnets, SecurityGroupIds=groups)}
