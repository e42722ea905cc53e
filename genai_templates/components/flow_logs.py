"""Flow logs of a VPC: which addresses spoke to which, and whether that was let through."""

from __future__ import annotations

import awacs.logs
from troposphere import AWSHelperFn, GetAtt, Ref, ec2, logs

from ..iam import add_role
from ..scope import DELETE_WITH_STACK, Scope


def add_flow_logs(scope: Scope, *, vpc: ec2.VPC, log_retention: int | AWSHelperFn) -> None:
    """Log all connections of the VPC, accepted and rejected, into a group of its own, kept for so many days."""
    group = scope.add(logs.LogGroup, "FlowLogs", RetentionInDays=log_retention, **DELETE_WITH_STACK)
    role = add_role(scope, "FlowLogRole", service="vpc-flow-logs", description="Writes the VPC's flow logs")
    # EC2's list names logs:CreateLogGroup and logs:DescribeLogGroups too, for groups that are not there yet.
    role.allow(
        "WriteLogs",
        [awacs.logs.CreateLogStream, awacs.logs.DescribeLogStreams, awacs.logs.PutLogEvents],
        [GetAtt(group, "Arn")],
    )
    scope.add(
        ec2.FlowLog,
        "VpcFlowLog",
        DeliverLogsPermissionArn=role.arn,
        LogDestinationType="cloud-watch-logs",
        LogGroupName=Ref(group),
        ResourceId=Ref(vpc),
        ResourceType="VPC",
        TrafficType="ALL",
    )
