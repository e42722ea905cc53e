"""The role of the model container."""

from __future__ import annotations

from collections.abc import Sequence

import awacs.cloudwatch
import awacs.ecr
import awacs.logs
import awacs.s3
from awacs.aws import Condition, StringEquals, StringLike
from troposphere import Sub

from ..catalog import Model
from ..iam import ANY_RESOURCE, Role, add_role, arn
from ..scope import Scope
from .functions import VpcConfig


def add_endpoint_role(
    scope: Scope, model: Model, *, hosts: Sequence[str] = ("Endpoints",), vpc_config: VpcConfig | None = None
) -> Role:
    """Add the role of the model container: its artifacts, its image, its logs and metrics, and its place in a VPC.

    ``hosts`` are what SageMaker names the log groups and metrics of containers after: ``Endpoints``, and
    ``InferenceComponents`` where the model is one.
    """
    role = add_role(scope, "EndpointRole", service="sagemaker", description="Runs the model container")
    _grant_artifacts(role, model)
    role.allow("LogIn", [awacs.ecr.GetAuthorizationToken], [ANY_RESOURCE])  # has no resource
    # The account of the registry differs by region; the repository's name does not.
    role.allow(
        "PullImage",
        [awacs.ecr.BatchCheckLayerAvailability, awacs.ecr.BatchGetImage, awacs.ecr.GetDownloadUrlForLayer],
        [
            Sub(f"arn:${{AWS::Partition}}:ecr:${{AWS::Region}}:*:repository/{repository}")
            for repository in model.repositories
        ],
    )
    grant_service_logs(role, *(f"log-group:/aws/sagemaker/{each}/*" for each in hosts))
    # Metrics have no resource-level permission; the namespace stands for it.
    role.allow(
        "WriteMetrics",
        [awacs.cloudwatch.PutMetricData],
        [ANY_RESOURCE],
        condition=Condition(StringEquals({"cloudwatch:namespace": _namespaces(hosts)})),
    )
    if vpc_config is not None:
        _join_vpc(role, vpc_config)
    return role


def _join_vpc(role: Role, vpc_config: VpcConfig) -> None:
    import awacs.ec2

    # SageMaker makes and deletes the interfaces under this role, for a container whose subnets it looks up by itself.
    # (SageMaker developer guide, host-vpc.)
    role.allow(
        "JoinVpc",
        [
            awacs.ec2.CreateNetworkInterface,
            awacs.ec2.CreateNetworkInterfacePermission,
            awacs.ec2.DeleteNetworkInterface,
            awacs.ec2.DeleteNetworkInterfacePermission,
            awacs.ec2.DescribeDhcpOptions,
            awacs.ec2.DescribeNetworkInterfaces,
            awacs.ec2.DescribeSecurityGroups,
            awacs.ec2.DescribeSubnets,
            awacs.ec2.DescribeVpcs,
        ],
        [ANY_RESOURCE],
    )
    vpc_config.roles.append(role)


def _grant_artifacts(role: Role, model: Model) -> None:
    """Let the role read the model's artifacts, and of a bucket that is not JumpStart's nothing else."""
    bucket, prefix = Sub(bucket_arn(model.content_bucket)), model.content_prefix
    condition = Condition(StringLike({"s3:prefix": f"{prefix}*"})) if prefix else None
    role.allow("ListArtifacts", [awacs.s3.ListBucket], [bucket], condition=condition)
    role.allow("ReadArtifacts", [awacs.s3.GetObject], [Sub(f"{bucket_arn(model.content_bucket)}/{prefix}*")])


def _namespaces(hosts: Sequence[str]) -> str | list[str]:
    names = [f"/aws/sagemaker/{each}" for each in hosts]
    return names if len(names) > 1 else names[0]


def bucket_arn(name: str) -> str:
    """Return the ARN of the bucket of this name, for ``Fn::Sub``."""
    return f"arn:${{AWS::Partition}}:s3:::{name}"


def grant_service_logs(role: Role, *log_groups: str) -> None:
    """Let SageMaker write the logs of what runs under the role into groups that it makes itself."""
    role.allow(
        "WriteLogs",
        [
            awacs.logs.CreateLogGroup,
            awacs.logs.CreateLogStream,
            awacs.logs.DescribeLogStreams,
            awacs.logs.PutLogEvents,
        ],
        [arn("logs", each) for each in log_groups],
    )
