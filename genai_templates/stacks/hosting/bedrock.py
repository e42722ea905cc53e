"""A model of Amazon Bedrock: a parameter, and no endpoint at all."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from troposphere import AWSHelperFn, FindInMap, Join, Ref, Sub

from ...bedrock_catalog import BedrockModel, bedrock_models_of
from ...components.foundation_model import FoundationModel, ImageModel, Invocation, LanguageModel
from ...components.functions import FunctionDefaults, VpcConfig
from ...components.hosted_model import ModelFacts
from ...options import FunctionNetwork, StackOptions
from ...scope import Scope
from ..parameters.bedrock import ModelChoice, add_model_choice, key_of
from .part import HostingPart

if TYPE_CHECKING:
    from ...components.encryption_key import EncryptionKey

_REGION = Ref("AWS::Region")


class BedrockHosting(HostingPart):
    """A model on demand, whose id is a parameter; the template has a rule where it is not offered everywhere."""

    place = "Amazon Bedrock"
    kind: ClassVar[type[FoundationModel]]
    description: ClassVar[str]
    note: ClassVar[str]

    def __init__(
        self, scope: Scope, options: StackOptions, *, environment: Mapping[str, str], key: EncryptionKey | None = None
    ) -> None:
        """Add the parameter of the model's id, and what goes with the choice."""
        choice = add_model_choice(
            scope, bedrock_models_of(options.app), default=str(options.model), description=self.description
        )
        facts = ModelFacts(
            choice.model_id,
            choice.value(lambda model: model.codec),
            choice.value(lambda model: str(model.max_input_tokens or 0)),
            choice.value(lambda model: str(model.max_total_tokens or 0)),
            self.note,
        )
        self.hosted_model = self.kind(self._invocation(scope, choice), facts)
        scope.add_rule("ModelIsOffered", *self._offered(choice, options))

    def add_resources(self, *, custom_resources: FunctionDefaults, vpc_config: VpcConfig | None = None) -> None:
        """Add nothing: the model is Amazon Bedrock's."""

    @abstractmethod
    def _invocation(self, scope: Scope, choice: ModelChoice) -> Invocation:
        """Return how the chosen model is called."""

    @abstractmethod
    def _offered(self, choice: ModelChoice, options: StackOptions) -> tuple[dict[str, Any], str]:
        """Return what must hold for the stack to work, and the sentence for where it does not."""


class BedrockTextHosting(BedrockHosting):
    """A language model, called by the inference profile that this region has for it."""

    kind = LanguageModel
    description = "Charged for by the token; it runs in this part of the world, the newest in some regions anywhere"
    note = "A temperature above 1 counts as 1."

    def _invocation(self, scope: Scope, choice: ModelChoice) -> Invocation:
        regions, routes = _add_mappings(scope, choice.models)

        def route(model: BedrockModel) -> FindInMap:
            return FindInMap(regions, _REGION, key_of(model.model_id))

        prefix = choice.value(lambda model: FindInMap(routes, route(model), "Prefix"))
        arns = choice.value(lambda model: FindInMap(routes, route(model), key_of(model.model_id)))
        assert isinstance(arns, AWSHelperFn)
        return Invocation(Join(".", [prefix, choice.model_id]), _REGION, arns, by_profile=True)

    def _offered(self, choice: ModelChoice, options: StackOptions) -> tuple[dict[str, Any], str]:
        regions = sorted(set.intersection(*(set(model.routes) for model in choice.models.values())))
        return _is_among(regions), f"The models are offered in {', '.join(regions)}."


class BedrockImageHosting(BedrockHosting):
    """An image model, called in the region that has it, from wherever the stack is."""

    kind = ImageModel
    description = "Charged for by the image; all of them run in us-west-2, and prompts are sent there"
    note = (
        "This model makes images of about a megapixel in one of nine shapes, which are then cropped and scaled to the "
        "requested size, and chooses steps and guidance by itself."
    )

    def _invocation(self, scope: Scope, choice: ModelChoice) -> Invocation:
        regions = {key_of(model.region): {"Region": model.region} for model in choice.models.values()}
        mapping = scope.add_mapping("ModelRegions", regions)
        region = choice.value(lambda model: FindInMap(mapping, key_of(model.region), "Region"))
        arn = Sub(
            "arn:${AWS::Partition}:bedrock:${ModelRegion}::foundation-model/${Id}",
            ModelRegion=region,
            Id=choice.model_id,
        )
        return Invocation(choice.model_id, region, [arn], by_profile=False)

    def _offered(self, choice: ModelChoice, options: StackOptions) -> tuple[dict[str, Any], str]:
        if options.values["function_network"] is FunctionNetwork.PRIVATE:
            regions = sorted({model.region for model in choice.models.values()})
            return _is_among(regions), f"Functions without the internet reach the models in {', '.join(regions)} alone."
        return {"Fn::Equals": [{"Ref": "AWS::Partition"}, "aws"]}, "The models are not offered in China and GovCloud."


def _is_among(regions: list[str]) -> dict[str, Any]:
    return {"Fn::Contains": [regions, {"Ref": "AWS::Region"}]}


def _add_mappings(scope: Scope, models: Mapping[str, BedrockModel]) -> tuple[str, str]:
    """Add which route each model takes from a region, and where each route leads; return the names of the two."""
    routes_by_region: dict[str, dict[str, str]] = {}
    routes: dict[str, dict[str, object]] = {}
    for model_id, model in models.items():
        for region, route in model.routes.items():
            routes_by_region.setdefault(region, {})[key_of(model_id)] = route.name
            routes.setdefault(route.name, {"Prefix": route.prefix})[key_of(model_id)] = route.model_arns(model_id)
    return scope.add_mapping("ModelRoutesByRegion", routes_by_region), scope.add_mapping("ModelRoutes", routes)
