"""AWS::EC2::FlowLog, which ministack's CloudFormation lacks: each property but the tags needs another flow log.

docs/upstream/ministack/ec2-flow-log.md
Checked as EC2 does it: the VPC exists, and the flow-log service may assume the role and write to the group with it.
"""

from __future__ import annotations

import re
from typing import Any

from ministack.services import ec2

from ..permissions import check_role
from ..service_calls import call_ec2, role_trust

Properties = dict[str, Any]
Created = tuple[str, dict[str, str]]
TYPE = "AWS::EC2::FlowLog"
_SERVICE = "vpc-flow-logs.amazonaws.com"
_WRITE = ("logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents")


def _create(logical_id: str, props: Properties, stack_name: str) -> Created:
    if props["ResourceType"] != "VPC" or props.get("LogDestinationType", "cloud-watch-logs") != "cloud-watch-logs":
        raise ValueError("The emulator plays flow logs of a VPC in CloudWatch Logs alone")
    if props["ResourceId"] not in ec2._vpcs:
        raise ValueError(f"InvalidVpcId.NotFound: the vpc ID '{props['ResourceId']}' does not exist")
    _check_delivery(props["DeliverLogsPermissionArn"], props["LogGroupName"])
    made = call_ec2(
        "CreateFlowLogs",
        **{
            "ResourceId.1": props["ResourceId"],
            "ResourceType": "VPC",
            "TrafficType": props["TrafficType"],
            "LogGroupName": props["LogGroupName"],
        },
    ).decode()
    found = re.search(r"<item>(fl-\w+)</item>", made)
    assert found is not None
    return found[1], {"Id": found[1]}


def _check_delivery(role: str, group: str) -> None:
    if _SERVICE not in role_trust(role):
        raise ValueError(f"Access error: {_SERVICE} cannot assume {role}")
    account, region = ec2.get_account_id(), ec2.get_region()
    arn = f"arn:aws:logs:{region}:{account}:log-group:{group}:*"
    if refused := check_role(role, _WRITE, arn):
        raise ValueError(f"Access error: the role has no permission for {refused} on {group}")


def _update(physical_id: str, old: Properties, new: Properties, stack_name: str) -> Created:
    if {**old, "Tags": None} == {**new, "Tags": None}:
        return physical_id, {"Id": physical_id}
    return _create("", new, stack_name)


def _delete(physical_id: str, props: Properties) -> None:
    call_ec2("DeleteFlowLogs", **{"FlowLogId.1": physical_id})


HANDLERS = {"create": _create, "update": _update, "delete": _delete}
