"""A model as an inference component: an endpoint without instances of its own, on which copies come and go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import awacs.sagemaker
from troposphere import AWSHelperFn, FindInMap, GetAtt, Ref, Select, Split, Sub, sagemaker

from ..accelerators import count_accelerators
from ..iam import Role
from ..scope import Scope
from .endpoint import VARIANT
from .functions import VpcConfig
from .hosted_model import MICROSECONDS, HostedModel, ModelFacts, ModelMetrics, ModelOutput
from .model_resource import PlacedModel, place_in_vpc
from .production_variant import START_SECONDS, production_variant

if TYPE_CHECKING:
    from .encryption_key import EncryptionKey

# What a copy has to find free on the instance, beside what the accelerators have. An instance of 16 GiB has less than
# 4,096 left for components, and the model's own need is for the accelerators. (stdapi-ai/stdapi.ai#43.)
_MEMORY_MB = 1024


class ComponentModel(HostedModel):
    """An inference component, on an endpoint of the same name."""

    host = "component"
    status = "component_status"
    private_services = ("SageMakerRuntime", "SageMakerApi")
    output = ModelOutput("EndpointName", "SageMaker endpoint of the model, and its inference component")

    def __init__(self, name: AWSHelperFn, facts: ModelFacts, *, wake_when_opened: AWSHelperFn) -> None:
        """Keep the name of endpoint and component, and whether the page wakes it when it is opened (text)."""
        super().__init__(name, facts)
        self._wake_when_opened = wake_when_opened

    @property
    def site_config(self) -> Mapping[str, str | AWSHelperFn]:
        """Whether the page wakes the model when it is opened."""
        return {"wakeWhenOpened": self._wake_when_opened}

    @property
    def metrics(self) -> ModelMetrics:
        """What CloudWatch knows of the component."""
        return ModelMetrics(
            "AWS/SageMaker",
            (("InferenceComponentName", self.name),),
            invocations="Invocations",
            client_errors="Invocation4XXErrors",
            server_errors="Invocation5XXErrors",
            latency="ModelLatency",
            latency_unit=MICROSECONDS,
        )

    def grant_invoke(self, role: Role) -> None:
        """Let the role call the model, and wake it when it is asleep."""
        # A call is of both: the endpoint in its path, and the component in a header.
        role.allow("InvokeModel", [awacs.sagemaker.InvokeEndpoint], [self._arn("endpoint"), self._component_arn])
        role.allow("WakeModel", [awacs.sagemaker.UpdateInferenceComponentRuntimeConfig], [self._component_arn])

    def grant_status(self, role: Role) -> None:
        """Let the role see whether the model is asleep, waking or ready."""
        role.allow("SeeModelStatus", [awacs.sagemaker.DescribeInferenceComponent], [self._component_arn])

    @property
    def _component_arn(self) -> Sub:
        return self._arn("inference-component")

    def _arn(self, kind: str) -> Sub:
        prefix = "arn:${AWS::Partition}:sagemaker:${AWS::Region}:${AWS::AccountId}:"
        return Sub(f"{prefix}{kind}/${{Name}}", Name=self.name)

    @property
    def _own_environment(self) -> Mapping[str, str | AWSHelperFn]:
        return {"ENDPOINT_NAME": self.name, "COMPONENT_NAME": self.name}


def add_inference_component(
    scope: Scope,
    *,
    name: AWSHelperFn,
    placed: PlacedModel,
    allowed_instance_types: Sequence[str],
    role: Role,
    maximum: int | AWSHelperFn,
    volume_key: EncryptionKey | None = None,
    vpc_config: VpcConfig | None = None,
) -> Sub:
    """Add the endpoint and its component, both of this name, and return Application Auto Scaling's id of the component.

    A copy of the model takes an instance of its own, with all its accelerators. There are ``maximum`` at most, one at
    first, and none when scaling takes it away. ``allowed_instance_types`` are the values that a parameter among
    ``placed.instance_types`` may have. CloudFormation deletes the component before the endpoint, whose deletion would
    leave it, then the configuration and the model. ``volume_key`` is for the volumes of the instances, ``vpc_config``
    their place, if they run in a VPC: SageMaker takes it of the configuration and not of the models.
    """
    # Each change of a configuration makes a new one, which has no name of its own therefore.
    config = scope.add(
        sagemaker.EndpointConfig,
        "EndpointConfig",
        # Of the variant, which has no model that would bring them.
        ExecutionRoleArn=role.arn,
        EnableNetworkIsolation=placed.network_isolation,
        ProductionVariants=[_variant(placed, maximum)],
        **({} if volume_key is None else {"KmsKeyId": volume_key.arn}),
        DependsOn=list(dict.fromkeys(each.data["Fn::GetAtt"][0] for each in placed.names)),
    )
    if vpc_config is not None:
        place_in_vpc(config, vpc_config)
    endpoint = scope.add(
        sagemaker.Endpoint, "Endpoint", EndpointName=name, EndpointConfigName=GetAtt(config, "EndpointConfigName")
    )
    component = scope.add(
        sagemaker.InferenceComponent,
        "InferenceComponent",
        InferenceComponentName=name,
        EndpointName=GetAtt(endpoint, "EndpointName"),
        VariantName=VARIANT,
        RuntimeConfig=sagemaker.InferenceComponentRuntimeConfig(CopyCount=1),  # SageMaker refuses to make one without
        **_specification(placed, _accelerators(scope, placed, allowed_instance_types)),
    )
    return Sub("inference-component/${Component}", Component=Select(1, Split("/", Ref(component))))


def _variant(placed: PlacedModel, maximum: int | AWSHelperFn) -> sagemaker.ProductionVariant:
    return production_variant(
        placed,
        names_model=False,
        InitialInstanceCount=1,
        ManagedInstanceScaling=sagemaker.ManagedInstanceScaling(
            Status="ENABLED", MinInstanceCount=0, MaxInstanceCount=maximum
        ),
        RoutingConfig=sagemaker.RoutingConfig(RoutingStrategy="LEAST_OUTSTANDING_REQUESTS"),
    )


def _accelerators(scope: Scope, placed: PlacedModel, allowed: Sequence[str]) -> list[int | AWSHelperFn]:
    """Return the number of accelerators on each of the model's instance types; for a parameter, from a mapping."""
    counts = {each: count_accelerators(each) for each in allowed}
    if len(set(counts.values())) == 1:
        return [next(iter(counts.values())) for _ in placed.instance_types]
    mapping = scope.add_mapping("Accelerators", {each: {"Count": str(count)} for each, count in counts.items()})
    return [
        counts[each] if isinstance(each, str) else FindInMap(mapping, each, "Count") for each in placed.instance_types
    ]


def _specification(placed: PlacedModel, accelerators: Sequence[int | AWSHelperFn]) -> dict[str, object]:
    """Return the property that says what a copy is: once for all instance types, or for each, where they differ."""
    parts = [_copy(name, count) for name, count in zip(placed.names, accelerators, strict=True)]
    if all(part == parts[0] for part in parts):
        return {"Specification": sagemaker.InferenceComponentSpecification(**parts[0])}
    kind = sagemaker.InferenceComponentSpecificationForInstanceType
    pairs = zip(placed.instance_types, parts, strict=True)
    return {"Specifications": [kind(InstanceType=instance_type, **part) for instance_type, part in pairs]}


def _copy(model_name: AWSHelperFn, accelerators: int | AWSHelperFn) -> dict[str, object]:
    return {
        "ModelName": model_name,
        "ComputeResourceRequirements": sagemaker.InferenceComponentComputeResourceRequirements(
            MinMemoryRequiredInMb=_MEMORY_MB, NumberOfAcceleratorDevicesRequired=accelerators
        ),
        "StartupParameters": sagemaker.InferenceComponentStartupParameters(
            ModelDataDownloadTimeoutInSeconds=START_SECONDS,
            ContainerStartupHealthCheckTimeoutInSeconds=START_SECONDS,
        ),
    }
