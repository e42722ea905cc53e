"""The models of Amazon Bedrock: facts that fit together, and choices that are refused with what is allowed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import genai_templates
from genai_templates import Hosting, ImageStack, TextStack
from genai_templates.apps import APPS
from genai_templates.bedrock_catalog import bedrock_models, bedrock_models_of
from genai_templates.cli.options import app_of_model
from genai_templates.errors import InvalidOption, UnknownModel
from genai_templates.packaging.request import BuildRequest

MODELS = sorted(bedrock_models())


@pytest.mark.parametrize("model_id", MODELS)
def test_a_model_is_called_in_one_region_or_by_the_profile_of_each(model_id: str) -> None:
    model = bedrock_models()[model_id]
    assert bool(model.region) is not bool(model.routes)
    for region, route in model.routes.items():
        assert region in route.destinations, f"the profile of {region} does not lead there"
        assert route.profile_id(model_id) == f"{route.prefix}.{model_id}"


@pytest.mark.parametrize("model_id", MODELS)
def test_a_model_on_offer_has_not_ended(model_id: str) -> None:
    model = bedrock_models()[model_id]
    assert (model.lifecycle, model.end_of_life) == ("active", None)
    assert model.terms_url.startswith("https://aws.amazon.com/")


@pytest.mark.parametrize("app", sorted(APPS))
def test_every_text_model_is_offered_in_the_same_regions(app: str) -> None:
    regions = {tuple(sorted(model.routes)) for model in bedrock_models_of(app).values()}
    assert len(regions) == 1, "the mapping has a value for each model in each region"


def test_the_data_say_what_could_not_be_verified() -> None:
    path = Path(genai_templates.__file__).parent / "data" / "bedrock_models.json"
    document = json.loads(path.read_text("utf-8"))
    assert document["read"]
    assert document["sources"]
    assert document["unverified"]
    assert not document["not_offered"].keys() & bedrock_models().keys()


@pytest.mark.parametrize("app", sorted(APPS))
def test_the_default_model_is_one_of_the_application(app: str) -> None:
    model_id = APPS[app].default_model_on(Hosting.BEDROCK)
    assert model_id in bedrock_models_of(app)
    assert BuildRequest(apps=(app,), hosting=Hosting.BEDROCK, regions=()).model_of(app) == model_id
    assert APPS[app].load_stack().default_model_on(Hosting.BEDROCK) == model_id
    assert APPS[app].load_stack().default_model_on(None) == APPS[app].default_model


@pytest.mark.parametrize("model_id", MODELS)
def test_the_command_line_knows_which_application_a_model_is_for(model_id: str) -> None:
    assert app_of_model(model_id) == bedrock_models()[model_id].app


def test_a_model_of_another_hosting_is_refused_with_those_allowed() -> None:
    with pytest.raises(UnknownModel, match=r"choose one of amazon\.nova-2-lite-v1:0, amazon\.nova-lite-v1:0"):
        TextStack(hosting=Hosting.BEDROCK, model="huggingface-llm-falcon-7b-instruct-bf16")
    with pytest.raises(UnknownModel, match="not a model of the text application"):
        TextStack(model="amazon.nova-lite-v1:0")
    with pytest.raises(UnknownModel, match="for the image application"):
        ImageStack(hosting=Hosting.BEDROCK, model="amazon.nova-lite-v1:0")


def test_instances_of_a_model_on_demand_are_refused() -> None:
    with pytest.raises(InvalidOption, match="leave instance_type and fallback_instance_types out"):
        TextStack(hosting=Hosting.BEDROCK, instance_type="ml.g5.2xlarge")
    with pytest.raises(InvalidOption, match="has no instances"):
        TextStack(hosting=Hosting.BEDROCK, fallback_instance_types=("ml.g5.2xlarge",))
