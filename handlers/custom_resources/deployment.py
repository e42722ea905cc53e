"""What an endpoint runs, and what it could run instead: a changed copy of its configuration and its model.

Configurations and models have one of two names: the endpoint's own, which the notebook gives, and that name with a
suffix. A copy takes the name that is free, so that at most two of each exist, whatever has happened, and all of them
can be granted and deleted by name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from handlers.common.logs import logger

from .endpoints import Wait, is_absent, sagemaker, settled_endpoint
from .refusal import UpdateRefused, short_reason

OTHER_SUFFIX = "-2"
"""What the second name of a configuration and a model ends in; the grants of the janitor's role know it too."""

_client: Any = sagemaker  # its parameters come from what it has described


class ModelChange(NamedTuple):
    """What a copy of a model has for its own: variables, role and place in a VPC."""

    environment: Mapping[str, str]
    role: str
    vpc_config: Mapping[str, list[str]]


class Deployment(NamedTuple):
    """An endpoint in service with its configuration and model, each as SageMaker describes it."""

    endpoint: Mapping[str, Any]
    configuration: Mapping[str, Any]
    model: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Name of the endpoint."""
        return str(self.endpoint["EndpointName"])

    @property
    def configuration_name(self) -> str:
        """Name of the endpoint's configuration."""
        return str(self.endpoint["EndpointConfigName"])

    @property
    def instance_type(self) -> str:
        """What the endpoint runs on."""
        return str(self.configuration["ProductionVariants"][0]["InstanceType"])

    @property
    def environment(self) -> dict[str, str]:
        """Variables of the model container."""
        return dict(self.model["PrimaryContainer"].get("Environment", {}))

    @property
    def unchanged(self) -> ModelChange:
        """What the model has."""
        return ModelChange(self.environment, str(self.model["ExecutionRoleArn"]), dict(self.model.get("VpcConfig", {})))


def find_deployment(name: str, wait: Wait) -> Deployment:
    """Return what the endpoint runs once SageMaker has done with it; raises UpdateRefused when that is not of us."""
    endpoint = settled_endpoint(name, wait)
    if endpoint is None:
        raise UpdateRefused(
            f"there is no endpoint {name} to update: if the notebook is still at work on it, update the stack when "
            "it is there; if not, create another stack, and delete this one"
        )
    if endpoint["EndpointStatus"] != "InService":
        reason = short_reason(endpoint.get("FailureReason", "SageMaker gives no reason"))
        raise UpdateRefused(f"endpoint {name} is {endpoint['EndpointStatus']} and cannot be updated: {reason}")
    if endpoint["EndpointConfigName"] not in _names(name):
        raise UpdateRefused(
            f"endpoint {name} has the configuration {endpoint['EndpointConfigName']}, which is not of this stack: "
            "create another stack, and delete this one"
        )
    configuration = _client.describe_endpoint_config(EndpointConfigName=endpoint["EndpointConfigName"])
    model = _client.describe_model(ModelName=configuration["ProductionVariants"][0]["ModelName"])
    return Deployment(endpoint, configuration, model)


def begin_update(deployment: Deployment, *, instance_type: str, change: ModelChange) -> str:
    """Have SageMaker bring up a changed deployment beside this one; return the name of its configuration."""
    model = str(deployment.model["ModelName"])
    if change != deployment.unchanged:
        model = _copy_model(deployment, change)
    configuration = _copy_configuration(deployment, instance_type, model)
    # The number of instances stays what it is, and not what it was when the first configuration was made.
    _client.update_endpoint(
        EndpointName=deployment.name, EndpointConfigName=configuration, RetainAllVariantProperties=True
    )
    return configuration


def discard(name: str, *, kept: Deployment | None = None) -> list[str]:
    """Delete the endpoint's configurations and models but for those that are kept; return what could not be deleted."""
    configurations = [each for each in _names(name) if kept is None or each != kept.configuration_name]
    models = [each for each in _names(name) if kept is None or each != kept.model["ModelName"]]
    deletions: list[tuple[str, Callable[[], object]]] = [
        *(
            (f"endpoint configuration {each}", partial(sagemaker.delete_endpoint_config, EndpointConfigName=each))
            for each in configurations
        ),
        *((f"model {each}", partial(sagemaker.delete_model, ModelName=each)) for each in models),
    ]
    return [what for what, delete in deletions if not _deleted(what, delete)]


def _deleted(what: str, delete: Callable[[], object]) -> bool:
    """Delete something that is not charged for; return whether it is gone. A failure does not hold the stack."""
    try:
        delete()
    except (BotoCoreError, ClientError) as error:
        if is_absent(error):
            return True
        logger.exception("not deleted", extra={"what": what})
        return False
    return True


def _names(endpoint: str) -> tuple[str, str]:
    return endpoint, f"{endpoint}{OTHER_SUFFIX}"


def _free_name(endpoint: str, taken: str) -> str:
    return next(name for name in _names(endpoint) if name != taken)


def _copy_model(deployment: Deployment, change: ModelChange) -> str:
    name = _free_name(deployment.name, deployment.model["ModelName"])
    container = {**deployment.model["PrimaryContainer"], "Environment": dict(change.environment)}
    if "ModelDataSource" in container:  # SageMaker describes both, and takes one of them
        container.pop("ModelDataUrl", None)
    tags = _tags(deployment.model["ModelArn"])
    changed = {"ExecutionRoleArn": change.role, "VpcConfig": dict(change.vpc_config)}
    given = _parameters("CreateModel", deployment.model, PrimaryContainer=container, Tags=tags, **changed)
    _client.create_model(**given | {"ModelName": name})
    return name


def _copy_configuration(deployment: Deployment, instance_type: str, model: str) -> str:
    name = _free_name(deployment.name, deployment.configuration_name)
    variants = [
        {**variant, "InstanceType": instance_type, "ModelName": model}
        for variant in deployment.configuration["ProductionVariants"]
    ]
    tags = _tags(deployment.configuration["EndpointConfigArn"])
    given = _parameters("CreateEndpointConfig", deployment.configuration, ProductionVariants=variants, Tags=tags)
    _client.create_endpoint_config(**given | {"EndpointConfigName": name})
    return name


def _parameters(operation: str, described: Mapping[str, Any], **changed: object) -> dict[str, Any]:
    """Return all of a description that the operation takes, with these changes."""
    members = _client.meta.service_model.operation_model(operation).input_shape.members
    return {name: value for name, value in {**described, **changed}.items() if name in members and value}


def _tags(arn: str) -> list[dict[str, str]]:
    # AWS's own tags cannot be given.
    return [tag for tag in _client.list_tags(ResourceArn=arn)["Tags"] if not tag["Key"].startswith("aws:")]
