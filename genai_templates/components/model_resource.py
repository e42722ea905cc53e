"""Models of SageMaker from the catalogue: container, artifacts and environment for the instance types they run on.

One template serves every region that has the container: the registry comes from a mapping by region, and a rule
refuses the other regions before anything is made.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from troposphere import AWSHelperFn, Equals, FindInMap, GetAtt, If, Not, NoValue, Ref, Sub, sagemaker

from ..catalog import Model
from ..containers import Container
from ..errors import InvalidOption
from ..iam import Role
from ..scope import Scope
from .functions import VpcConfig

Environment = dict[str, str | AWSHelperFn]


class PlacedModel(NamedTuple):
    """The instance types that a model may run on, in the order in which they are tried, and the model for each.

    ``names`` has the name of the SageMaker model for the instance type of the same place. Instance types that need the
    same container and environment share one. ``network_isolation``: whether the containers have no network.
    """

    instance_types: tuple[str | AWSHelperFn, ...]
    names: tuple[GetAtt, ...]
    network_isolation: bool


def add_model(
    scope: Scope,
    *,
    model: Model,
    role: Role,
    environment: Mapping[str, str],
    instance_types: Sequence[str | AWSHelperFn],
    vpc_config: VpcConfig | None = None,
) -> PlacedModel:
    """Add the SageMaker model of this model of the catalogue, and further ones where an instance type needs another.

    An instance type may be a parameter of which every value is an instance type of the model. ``environment`` is added
    to the container's own; ``vpc_config`` is its place, if it runs in a VPC. The models have no names of their own:
    whatever changes in one makes a new one, which the endpoint then moves to. Raises InvalidOption for a model without
    a container.
    """
    container = model.container
    if container is None:
        raise InvalidOption(f"model {model.model_id!r} has no container: it cannot be a resource of a template")
    _refuse_other_regions(scope, model, container)
    registries = {region: {"Host": host} for region, host in container.registries.items()}
    registry = FindInMap(scope.add_mapping("ModelRegistry", registries), Ref("AWS::Region"), "Host")
    environments = {each: _environment(container, each, environment) for each in model.instance_types}
    made: list[tuple[Environment, GetAtt]] = []
    names = []
    for instance_type in instance_types:
        chosen = _environment_on(scope, environments, instance_type)
        name = next((each for known, each in made if known == chosen), None)
        if name is None:
            logical_id = f"Model{len(made) + 1}" if made else "Model"
            resource = _add_resource(
                scope, logical_id, model, container, role=role, registry=registry, environment=chosen
            )
            if vpc_config is not None:
                place_in_vpc(resource, vpc_config)
            name = GetAtt(resource, "ModelName")
            made.append((chosen, name))
        names.append(name)
    return PlacedModel(tuple(instance_types), tuple(names), container.network_isolation)


def _refuse_other_regions(scope: Scope, model: Model, container: Container) -> None:
    regions = sorted(container.registries)
    scope.add_rule(
        "RegionHasModel",
        {"Fn::Contains": [regions, Ref("AWS::Region")]},
        f"The container of {model.model_id} is not in this region. It is in {', '.join(regions)}.",
    )


def _environment(container: Container, instance_type: str, more: Mapping[str, str]) -> Environment:
    return {**container.environment, **container.environment_by_instance_type.get(instance_type, {}), **more}


def _environment_on(
    scope: Scope, environments: Mapping[str, Environment], instance_type: str | AWSHelperFn
) -> Environment:
    """Return the environment on this instance type; variables that differ by parameter come from a mapping."""
    if isinstance(instance_type, str):
        return environments[instance_type]
    names = list(dict.fromkeys(name for each in environments.values() for name in each))
    values = {name: {str(each.get(name, "")) for each in environments.values()} for name in names}
    differing = [name for name in names if len(values[name]) > 1]
    if not differing:
        return next(iter(environments.values()))
    mapping = scope.add_mapping(
        "ModelEnvironment",
        {
            each: {_key(name): str(environment.get(name, "")) for name in differing}
            for each, environment in environments.items()
        },
    )
    found = {name: FindInMap(mapping, instance_type, _key(name)) for name in differing}
    return {
        name: _found(scope, name, found[name], values[name]) if name in found else values[name].pop() for name in names
    }


def _found(scope: Scope, name: str, value: FindInMap, values: set[str]) -> AWSHelperFn:
    """Return a variable's value from the mapping; where that is empty, the instance type does without the variable."""
    if "" not in values:
        return value
    return If(scope.add_condition(f"Model{_key(name)}IsSet", Not(Equals(value, ""))), value, NoValue)


def _key(name: str) -> str:
    """Return a variable's name as a mapping takes it, in letters and digits alone."""
    return "".join(part.capitalize() for part in name.split("_"))


def _add_resource(
    scope: Scope,
    logical_id: str,
    model: Model,
    container: Container,
    *,
    role: Role,
    registry: FindInMap,
    environment: Environment,
) -> sagemaker.Model:
    accepted = {"ModelAccessConfig": sagemaker.ModelAccessConfig(AcceptEula=True)} if model.gated else {}
    artifacts = sagemaker.S3ModelDataSource(
        S3DataType="S3Prefix",
        CompressionType="None",
        S3Uri=Sub(f"s3://{container.bucket}/{container.artifact_prefix}"),
        **accepted,
    )
    return scope.add(
        sagemaker.Model,
        logical_id,
        ExecutionRoleArn=role.arn,
        EnableNetworkIsolation=container.network_isolation,
        PrimaryContainer=sagemaker.ContainerDefinition(
            Image=Sub(f"${{Registry}}/{container.image_name}", Registry=registry),
            ModelDataSource=sagemaker.ModelDataSource(S3DataSource=artifacts),
            Environment=dict(sorted(environment.items())),
        ),
    )


def place_in_vpc(resource: sagemaker.Model | sagemaker.EndpointConfig, vpc_config: VpcConfig) -> None:
    """Have a model, or the instances of an endpoint for inference components, run in the VPC."""
    subnets, groups = vpc_config.values()
    resource.VpcConfig = sagemaker.VpcConfig(Subnets=subnets, SecurityGroupIds=groups)
    if vpc_config.reachable:
        resource.DependsOn = [*resource.resource.get("DependsOn", []), *vpc_config.reachable]
