"""A notebook instance that deploys the JumpStart model, and a wait condition that ends when the model is ready."""

from __future__ import annotations

from typing import TYPE_CHECKING

import awacs.cloudwatch
import awacs.ecr
import awacs.iam
import awacs.logs
import awacs.s3
import awacs.sagemaker
from awacs.aws import Condition, StringEquals
from troposphere import AWSHelperFn, Base64, GetAtt, Join, Ref, Sub, cloudformation, sagemaker

from ..catalog import PUBLIC_BUCKET
from ..embedded.on_create import on_create_script
from ..iam import Role, add_role
from ..scope import Scope
from ..tags import STACK_TAG
from .endpoint import ModelEndpoint
from .endpoint_role import bucket_arn, grant_service_logs
from .model_deployment import ModelDeployment
from .model_janitor import ModelJanitor

if TYPE_CHECKING:
    from .encryption_key import EncryptionKey

# AL2 notebooks can no longer be created. (SageMaker developer guide, notebook platform identifiers.)
PLATFORM = "notebook-al2023-v1"
_VOLUME_GIGABYTES = 20
WAIT_SECONDS = 14_400
"""How long the stack waits for a word of the notebook at all.

CloudFormation cannot update a wait condition, so this is not a parameter: the notebook itself gives up after the
parameter ``ModelTimeout``, which is below it, and says why. Only a notebook that never runs its script uses up these
four hours.
"""


def add_notebook(
    scope: Scope,
    *,
    deployment: ModelDeployment,
    endpoint: ModelEndpoint,
    endpoint_role: Role,
    janitor: ModelJanitor,
    instance_type: str | AWSHelperFn,
    key: EncryptionKey | None = None,
) -> None:
    """Add the notebook instance, its roles and the wait condition ``ModelReady``; the key is for its volume.

    The janitor is deleted after the notebook, which could otherwise deploy the model again behind its back.
    """
    name = _notebook_name(scope, key)
    notebook_role = _add_notebook_role(scope, endpoint, endpoint_role, name)
    handle = scope.add(cloudformation.WaitConditionHandle, "ModelReadyHandle")
    lifecycle = _add_lifecycle(scope, deployment, endpoint, endpoint_role, handle)
    notebook = scope.add(
        sagemaker.NotebookInstance,
        "NotebookInstance",
        DependsOn=[janitor.title, *(deployment.vpc_config.reachable if deployment.vpc_config else ())],
        # SageMaker's own way to the internet, from which the packages and JumpStart's manifest come. In a VPC as well
        # nothing but traffic to its own addresses would take another way, so there is none.
        DirectInternetAccess="Enabled",
        InstanceMetadataServiceConfiguration=sagemaker.InstanceMetadataServiceConfiguration(
            MinimumInstanceMetadataServiceVersion="2"
        ),
        InstanceType=instance_type,
        LifecycleConfigName=GetAtt(lifecycle, "NotebookInstanceLifecycleConfigName"),
        NotebookInstanceName=name,
        PlatformIdentifier=PLATFORM,
        RoleArn=notebook_role.arn,
        RootAccess="Disabled",
        VolumeSizeInGB=_VOLUME_GIGABYTES,
        **({} if key is None else {"KmsKeyId": key.arn}),
    )
    scope.add(
        cloudformation.WaitCondition,
        "ModelReady",
        DependsOn=[notebook.title],
        Count=1,
        Handle=Ref(handle),
        Timeout=WAIT_SECONDS,
    )


def _notebook_name(scope: Scope, key: EncryptionKey | None) -> Join:
    # A name that is known beforehand: the role that the instance needs may stop this instance alone. It holds the
    # platform, and whether there is a key: another one replaces the notebook, and CloudFormation replaces what has a
    # name only under another name.
    return scope.physical_name(PLATFORM.split("-")[1] + ("" if key is None else "k"))


def _add_lifecycle(
    scope: Scope,
    deployment: ModelDeployment,
    endpoint: ModelEndpoint,
    endpoint_role: Role,
    handle: cloudformation.WaitConditionHandle,
) -> sagemaker.NotebookInstanceLifecycleConfig:
    script = on_create_script(
        {
            "model_id": deployment.model.model_id,
            "model_version": deployment.model.version,
            "endpoint_name": "${EndpointName}",
            "instance_types": [f"${{InstanceType{number}}}" for number, _ in enumerate(deployment.instance_types)],
            "role_arn": "${RoleArn}",
            "environment": dict(deployment.environment),
            "wait_url": "${WaitUrl}",
            "region": "${AWS::Region}",
            "stop_notebook": "${StopNotebook}",
            "tags": [{"Key": STACK_TAG, "Value": "${AWS::StackName}"}],
            "timeout": "${Timeout}",
            # A model with a licence gets this far only when it was accepted.
            "accept_eula": str(deployment.model.license_url is not None).lower(),
            **({"subnets": "${Subnets}", "security_groups": "${SecurityGroups}"} if deployment.vpc_config else {}),
        },
        codec=deployment.model.codec,
    )
    values = {
        "EndpointName": endpoint.name,
        "RoleArn": endpoint_role.arn,
        "WaitUrl": Ref(handle),
        "StopNotebook": deployment.stop_notebook,
        "Timeout": deployment.timeout,
        **{f"InstanceType{number}": kind for number, kind in enumerate(deployment.instance_types)},
        **_vpc_values(deployment),
    }
    return scope.add(
        sagemaker.NotebookInstanceLifecycleConfig,
        "NotebookLifecycle",
        OnCreate=[sagemaker.NotebookInstanceLifecycleHook(Content=Base64(Sub(script, values)))],
    )


def _vpc_values(deployment: ModelDeployment) -> dict[str, Join]:
    if deployment.vpc_config is None:
        return {}
    subnets, groups = deployment.vpc_config.values()
    return {"Subnets": Join(",", subnets), "SecurityGroups": Join(",", groups)}


def _add_notebook_role(scope: Scope, endpoint: ModelEndpoint, endpoint_role: Role, name: Join) -> Role:
    """Add the notebook's role: it may deploy and remove this stack's endpoint, and nothing else."""
    role = add_role(scope, "NotebookRole", service="sagemaker", description="Deploys the model from the notebook")
    actions = awacs.sagemaker
    # The SDK tags all three with the model's JumpStart id, which takes a permission of its own. The status notebook
    # sends the model a first request.
    for sid, resource, allowed in (
        ("DeployModel", endpoint.model_arn, [actions.CreateModel, actions.DeleteModel]),
        ("DeployConfig", endpoint.config_arn, [actions.CreateEndpointConfig, actions.DeleteEndpointConfig]),
        (
            "DeployEndpoint",
            endpoint.arn,
            [actions.CreateEndpoint, actions.DescribeEndpoint, actions.DeleteEndpoint, actions.InvokeEndpoint],
        ),
    ):
        role.allow(sid, [*allowed, actions.AddTags], [resource])
    # An endpoint is created from its configuration, so that action is checked against both.
    role.allow("UseConfig", [actions.CreateEndpoint], [endpoint.config_arn])
    role.allow(
        "PassEndpointRole",
        [awacs.iam.PassRole],
        [endpoint_role.arn],
        condition=Condition(StringEquals({"iam:PassedToService": "sagemaker.amazonaws.com"})),
    )
    role.allow(
        "StopItself",
        [actions.StopNotebookInstance],
        [
            Sub(
                "arn:${AWS::Partition}:sagemaker:${AWS::Region}:${AWS::AccountId}:notebook-instance/${Name}",
                Name=name,
            )
        ],
    )
    # JumpStart's manifest and the model's description, which are public even where its artifacts are not.
    role.allow("ReadCatalogue", [awacs.s3.GetObject], [Sub(f"{bucket_arn(PUBLIC_BUCKET)}/*")])
    grant_service_logs(role, "log-group:/aws/sagemaker/NotebookInstances*")
    return role
