"""AWS::SageMaker::Model, which ministack lacks: each property needs another model.

docs/upstream/ministack/sagemaker-endpoint.md
Checked as SageMaker does it: a role that it may assume, an image of ECR, artifacts by one property alone, a prefix of
uncompressed ones that ends with a slash, and a licence that is accepted for the artifacts of JumpStart's private
bucket. In a VPC: subnets in two zones, EC2's permissions of the role, and a way to the artifacts, without which an
endpoint of the model would fail.
"""

from __future__ import annotations

import re
import uuid
from typing import Any

from ministack.core.responses import get_account_id, get_region
from moto.sagemaker.models import sagemaker_backends

from ..api_parameters import api_parameters
from ..permissions import check_role as check_permissions
from ..sagemaker import call
from ..service_calls import role_trust
from ..vpc import check_place, is_reached, zones_of

Properties = dict[str, Any]
Created = tuple[str, dict[str, str]]
TYPE = "AWS::SageMaker::Model"
_IMAGE = re.compile(r"\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(\.cn)?/[a-z0-9._/-]+[:@][A-Za-z0-9._:-]+")
_SERVICE = "sagemaker.amazonaws.com"
# SageMaker developer guide, host-vpc.
_JOIN = (
    "ec2:CreateNetworkInterface",
    "ec2:CreateNetworkInterfacePermission",
    "ec2:DeleteNetworkInterface",
    "ec2:DeleteNetworkInterfacePermission",
    "ec2:DescribeDhcpOptions",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcs",
)


def _create(logical_id: str, props: Properties, stack_name: str) -> Created:
    name = props.get("ModelName") or f"{logical_id}-{uuid.uuid4().hex[:12]}"
    parameters = api_parameters("sagemaker", "CreateModel", {**props, "ModelName": name})
    check_role(parameters["ExecutionRoleArn"])
    _check_container(parameters["PrimaryContainer"])
    if place := parameters.get("VpcConfig"):
        check_vpc(place, parameters["ExecutionRoleArn"])
        _check_way(place, parameters)
    arn = call("CreateModel", **parameters)["ModelArn"]
    # moto forgets it
    model = sagemaker_backends[get_account_id()][get_region()]._models[name]
    model.enable_network_isolation = parameters.get("EnableNetworkIsolation", False)
    return arn, {"ModelName": name, "ModelArn": arn}


def check_role(arn: str) -> None:
    """Raise ValueError unless SageMaker may assume this role."""
    if _SERVICE not in role_trust(arn):
        raise ValueError(f"Could not assume role {arn}. Please ensure that the role exists and trusts {_SERVICE}.")


def check_vpc(place: Properties, role: str) -> None:
    """Raise ValueError unless SageMaker can make interfaces in these subnets under this role."""
    check_place(place["Subnets"], place["SecurityGroupIds"])
    if len(set(zones_of(place["Subnets"]))) < 2:
        raise ValueError(f"The subnets {', '.join(place['Subnets'])} are in one zone; give two in different ones")
    if refused := check_permissions(role, _JOIN, "*"):
        raise ValueError(f"The execution role {role} has no permission for {refused}, which a VPC takes")


def _check_way(place: Properties, parameters: Properties) -> None:
    uri = parameters["PrimaryContainer"].get("ModelDataSource", {}).get("S3DataSource", {}).get("S3Uri", "")
    artifacts = f"{uri.replace('s3://', 'arn:aws:s3:::')}model"
    if reason := is_reached(place["Subnets"], parameters["ExecutionRoleArn"], "s3:GetObject", artifacts, {}):
        raise ValueError(f"The model's artifacts cannot be downloaded from the VPC: {reason}")


def _check_container(container: Properties) -> None:
    if not _IMAGE.fullmatch(container["Image"]):
        raise ValueError(f"The image {container['Image']} is not one of Amazon ECR")
    if ("ModelDataSource" in container) == ("ModelDataUrl" in container):
        raise ValueError("A container has either ModelDataSource or ModelDataUrl")
    if source := container.get("ModelDataSource", {}).get("S3DataSource"):
        _check_source(source)


def _check_source(source: Properties) -> None:
    if source["S3DataType"] == "S3Prefix" and not source["S3Uri"].endswith("/"):
        raise ValueError(f"S3Uri {source['S3Uri']} of an S3Prefix must end with a forward slash")
    accepted = source.get("ModelAccessConfig", {}).get("AcceptEula", False)
    if "jumpstart-private-cache" in source["S3Uri"] and not accepted:
        raise ValueError("The artifacts have a licence: AcceptEula of ModelAccessConfig must be true")


def _update(physical_id: str, old: Properties, new: Properties, stack_name: str) -> Created:
    if {**old, "Tags": None} == {**new, "Tags": None}:
        return physical_id, {"ModelName": physical_id.rpartition("/")[2], "ModelArn": physical_id}
    return _create(physical_id.rpartition("/")[2].rpartition("-")[0], new, stack_name)


def _delete(physical_id: str, props: Properties) -> None:
    call("DeleteModel", ModelName=physical_id.rpartition("/")[2])


HANDLERS = {"create": _create, "update": _update, "delete": _delete}
