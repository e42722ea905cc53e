"""The models of Amazon Bedrock that the builders know: where each is offered, and what a call of it is made with.

The facts are in ``data/bedrock_models.json``, with their sources, the month in which they were read, and what could
not be verified.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from .errors import UnknownModel

NOVA_2_LITE = "amazon.nova-2-lite-v1:0"
STABLE_IMAGE_CORE = "stability.stable-image-core-v1:1"


class Route(NamedTuple):
    """A system-defined inference profile, as it is seen from the regions that use it.

    The profile's id is the model's id behind ``prefix`` and a dot. ``destinations`` are the regions in which the model
    may then run; the empty one stands for any region, as it does in the ARN that a policy has to name for it.
    """

    name: str
    prefix: str
    destinations: tuple[str, ...]

    def profile_id(self, model_id: str) -> str:
        """Return the id of the model's profile on this route."""
        return f"{self.prefix}.{model_id}"

    def model_arns(self, model_id: str) -> list[str]:
        """Return the ARNs of the model where the profile may run it; no profile leaves the partition ``aws``."""
        return [f"arn:aws:bedrock:{region}::foundation-model/{model_id}" for region in self.destinations]


class BedrockModel(NamedTuple):
    """One model of Amazon Bedrock.

    It is called in ``region`` alone, whatever region the caller is in, or else by an inference profile: by the route
    that ``routes`` has for the caller's region. A model that ``needs_subscription`` is one of AWS Marketplace: the
    first call in an account subscribes to it, and must be made by somebody who may. Whoever calls a model agrees to the
    terms at ``terms_url``. Token counts are those of the model's window, ``None`` for images.
    """

    model_id: str
    app: str
    codec: str
    region: str
    routes: Mapping[str, Route]
    max_input_tokens: int | None
    max_total_tokens: int | None
    lifecycle: str
    end_of_life: str | None
    needs_subscription: bool
    terms_url: str


@cache
def bedrock_models() -> dict[str, BedrockModel]:
    """Return every model of the catalogue, by model id."""
    document = json.loads((Path(__file__).parent / "data" / "bedrock_models.json").read_text("utf-8"))
    routes = {name: _route(name, facts) for name, facts in document["routes"].items()}
    families = {
        name: {region: routes[route] for region, route in family.items()}
        for name, family in document["families"].items()
    }
    return {model_id: _model(model_id, facts, families) for model_id, facts in document["models"].items()}


def _route(name: str, facts: Mapping[str, Any]) -> Route:
    return Route(name, facts["prefix"], tuple(facts["destinations"]))


def _model(model_id: str, facts: Mapping[str, Any], families: Mapping[str, Mapping[str, Route]]) -> BedrockModel:
    own = {name: value for name, value in facts.items() if name != "family"}
    routes = families[facts["family"]] if "family" in facts else {}
    return BedrockModel(**{"model_id": model_id, "region": "", "routes": routes, **own})


def called_ids() -> set[str]:
    """Return every id by which a model of the catalogue is called somewhere: its own, or an inference profile's."""
    profiles = {
        route.profile_id(model_id) for model_id, model in bedrock_models().items() for route in model.routes.values()
    }
    return profiles | {model_id for model_id, model in bedrock_models().items() if model.region}


def bedrock_models_of(app: str) -> dict[str, BedrockModel]:
    """Return the models of the application of this name, by model id."""
    return {model_id: model for model_id, model in bedrock_models().items() if model.app == app}


def find_bedrock_model(model_id: str, *, app: str) -> BedrockModel:
    """Return the model with this id; raises UnknownModel when the application has no such model on Amazon Bedrock."""
    allowed = bedrock_models_of(app)
    if model_id not in allowed:
        raise UnknownModel(
            f"{model_id!r} is not a model of Amazon Bedrock for the {app} application; choose one of "
            + ", ".join(sorted(allowed))
        )
    return allowed[model_id]
