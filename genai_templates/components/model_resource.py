"""The SageMaker models of a JumpStart model: container, artifacts and environment, for the instance types it runs on.

One template serves every region that has the container: the registry comes from a mapping by region, and a rule
refuses the other regions before anything is made.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar, NamedTuple

from troposphere import AWSHelperFn, Equals, FindInMap, GetAtt, If, Not, NoValue, Ref, Sub, sagemaker

from ..catalog import Model
from ..iam import Role
from ..scope import Scope

_IMAGE = "Image"  # among the variables of an environment, which are in capitals
Facts = dict[str, str | AWSHelperFn]


class ArtifactSource(sagemaker.S3DataSource):
    """``S3DataSource`` of a model, with the properties that troposphere 4.11 leaves out."""

    props: ClassVar[dict[str, object]] = {
        **sagemaker.S3DataSource.props,
        "CompressionType": (str, True),
        "ModelAccessConfig": (sagemaker.ModelAccessConfig, False),
    }


class PlacedModel(NamedTuple):
    """The instance types that a model may run on, in the order in which they are tried, and the model for each.

    ``names`` has the name of the SageMaker model for the instance type of the same place. Instance types that need the
    same container and environment share one.
    """

    instance_types: tuple[str | AWSHelperFn, ...]
    names: tuple[GetAtt, ...]


def add_model(
    scope: Scope,
    *,
    model: Model,
    role: Role,
    environment: Mapping[str, str],
    instance_types: Sequence[str | AWSHelperFn],
) -> PlacedModel:
    """Add the SageMaker model of this JumpStart model, and further ones where an instance type needs another.

    An instance type may be a parameter of which every value is an instance type of the model. ``environment`` is added
    to the container's own. The models have no names of their own: whatever changes in one makes a new one, which the
    endpoint then moves to.
    """
    registries = model.container.registries
    registry = scope.add_mapping("ModelRegistry", {region: {"Host": host} for region, host in registries.items()})
    _refuse_other_regions(scope, model)
    facts = {each: _facts(model, each, environment) for each in model.instance_types}
    made: list[tuple[Facts, GetAtt]] = []
    names = []
    for instance_type in instance_types:
        chosen = _facts_on(scope, facts, instance_type)
        name = next((each for known, each in made if known == chosen), None)
        if name is None:
            logical_id = f"Model{len(made) + 1}" if made else "Model"
            name = _add_resource(
                scope, logical_id, model, role, FindInMap(registry, Ref("AWS::Region"), "Host"), chosen
            )
            made.append((chosen, name))
        names.append(name)
    return PlacedModel(tuple(instance_types), tuple(names))


def _refuse_other_regions(scope: Scope, model: Model) -> None:
    regions = sorted(model.container.registries)
    scope.add_rule(
        "RegionHasModel",
        {"Fn::Contains": [regions, Ref("AWS::Region")]},
        f"The container of {model.model_id} is not in this region. It is in {', '.join(regions)}.",
    )


def _facts(model: Model, instance_type: str, environment: Mapping[str, str]) -> Facts:
    container = model.container
    return {_IMAGE: container.image(instance_type), **container.environment_on(instance_type), **environment}


def _facts_on(scope: Scope, facts: Mapping[str, Facts], instance_type: str | AWSHelperFn) -> Facts:
    """Return the image and environment on this instance type; those that differ by parameter come from a mapping."""
    if isinstance(instance_type, str):
        return facts[instance_type]
    return dict(_by_parameter(scope, facts, instance_type))


def _by_parameter(
    scope: Scope, facts: Mapping[str, Facts], parameter: AWSHelperFn
) -> Iterator[tuple[str, str | AWSHelperFn]]:
    names = list(dict.fromkeys(name for each in facts.values() for name in each))
    values = {name: [str(each.get(name, "")) for each in facts.values()] for name in names}
    differing = [name for name in names if len(set(values[name])) > 1]
    mapping = differing and scope.add_mapping(
        "ModelByInstanceType",
        {each: {_key(name): str(known.get(name, "")) for name in differing} for each, known in facts.items()},
    )
    for name in names:
        found = FindInMap(mapping, parameter, _key(name)) if name in differing else values[name][0]
        yield name, _unless_empty(scope, name, found) if "" in values[name] else found


def _unless_empty(scope: Scope, name: str, value: str | AWSHelperFn) -> If:
    """Return the value where there is one: a variable that is set for some instance types is not there for others."""
    return If(scope.add_condition(f"Model{_key(name)}IsSet", Not(Equals(value, ""))), value, NoValue)


def _key(name: str) -> str:
    """Return the name as a mapping takes it, with letters and digits alone."""
    return "".join(part.capitalize() for part in name.split("_"))


def _add_resource(scope: Scope, logical_id: str, model: Model, role: Role, registry: FindInMap, facts: Facts) -> GetAtt:
    resource = scope.add(
        sagemaker.Model,
        logical_id,
        ExecutionRoleArn=role.arn,
        EnableNetworkIsolation=model.container.network_isolation,
        PrimaryContainer=sagemaker.ContainerDefinition(
            Image=Sub("${Registry}/${Image}", Registry=registry, Image=facts[_IMAGE]),
            ModelDataSource=sagemaker.ModelDataSource(S3DataSource=_artifacts(model)),
            Environment={name: value for name, value in sorted(facts.items()) if name != _IMAGE},
        ),
    )
    return GetAtt(resource, "ModelName")


def _artifacts(model: Model) -> ArtifactSource:
    accepted = {"ModelAccessConfig": sagemaker.ModelAccessConfig(AcceptEula=True)} if model.gated else {}
    return ArtifactSource(
        S3DataType="S3Prefix",
        CompressionType="None",
        S3Uri=Sub(f"s3://{model.content_bucket}/{model.container.artifact_prefix}"),
        **accepted,
    )
