"""The catalogue: every model can be hosted as it says, and says whether it is one to choose."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import genai_templates
from genai_templates.catalog import FALCON_7B_INSTRUCT, STABLE_DIFFUSION_V2, models
from genai_templates.containers import Container
from genai_templates.model import HOSTINGS_OF_MODELS, WIRE_FORMATS, LifecycleState, Model
from genai_templates.options import Hosting
from genai_templates.sources import handlers_root

MODELS = sorted(models())
REGISTRIES = json.loads((Path(genai_templates.__file__).parent / "data" / "registries.json").read_text("utf-8"))
_LARGEST_REGIONS = {"us-east-1", "us-west-2", "eu-west-1"}


def container_of(model: Model) -> Container:
    assert model.container
    return model.container


@pytest.mark.parametrize("model_id", MODELS)
def test_a_model_runs_on_its_default_instance_type(model_id: str) -> None:
    model = models()[model_id]
    assert model.default_instance_type in model.instance_types
    assert len(set(model.instance_types)) == len(model.instance_types)


@pytest.mark.parametrize("model_id", MODELS)
def test_the_environment_differs_only_on_instance_types_that_the_model_runs_on(model_id: str) -> None:
    model = models()[model_id]
    container = container_of(model)
    assert set(container.environment_by_instance_type) <= set(model.instance_types)
    for environment in container.environment_by_instance_type.values():
        assert all(container.environment.get(name) != value for name, value in environment.items())


@pytest.mark.parametrize("model_id", MODELS)
def test_each_region_of_an_image_has_a_registry(model_id: str) -> None:
    container = container_of(models()[model_id])
    assert set(container.registries) >= _LARGEST_REGIONS
    for region, host in container.registries.items():
        assert host.split(".")[:4] == [host[:12], "dkr", "ecr", region]
        assert host.endswith(".cn") is region.startswith("cn-")
    assert container.repository in models()[model_id].repositories


def test_every_image_of_the_list_of_registries_is_a_models() -> None:
    assert set(REGISTRIES["regions"]) == {container_of(model).image for model in models().values()}
    assert {region for regions in REGISTRIES["regions"].values() for region in regions} <= set(REGISTRIES["hosts"])


@pytest.mark.parametrize("model_id", MODELS)
def test_what_jumpstart_keeps_is_read_from_its_bucket(model_id: str) -> None:
    model = models()[model_id]
    assert container_of(model).artifacts.startswith(f"s3://{model.content_bucket}/")
    assert ("private" in model.content_bucket) is model.gated is (model.license_url is not None)
    assert model.content_prefix == ""


@pytest.mark.parametrize("model_id", MODELS)
def test_a_model_says_its_licence_and_where_its_facts_were_read(model_id: str) -> None:
    model = models()[model_id]
    assert model.license
    assert container_of(model).source


@pytest.mark.parametrize("model_id", MODELS)
def test_a_model_that_is_not_alive_names_one_of_its_application_that_is(model_id: str) -> None:
    model = models()[model_id]
    assert model.lifecycle
    assert model.lifecycle.reason.endswith(".")
    assert model.lifecycle.source.startswith("https://")
    if model.lifecycle.state is LifecycleState.ALIVE:
        assert model.lifecycle.replaced_by is None
        return
    instead = models()[str(model.lifecycle.replaced_by)]
    assert instead.app == model.app
    assert instead.lifecycle
    assert instead.lifecycle.state is LifecycleState.ALIVE


def test_one_model_of_each_application_is_recommended_and_alive() -> None:
    recommended = [model for model in models().values() if model.recommended]
    assert sorted(model.app for model in recommended) == ["image", "text"]
    assert all(model.lifecycle and model.lifecycle.state is LifecycleState.ALIVE for model in recommended)


def test_the_models_that_are_the_defaults_stay_in_the_catalogue() -> None:
    assert models()[FALCON_7B_INSTRUCT].app == "text"
    assert models()[STABLE_DIFFUSION_V2].app == "image"


@pytest.mark.parametrize("name", list(WIRE_FORMATS))
def test_every_wire_format_is_a_module_of_the_handlers(name: str) -> None:
    folder = handlers_root() / WIRE_FORMATS[name].app / "codecs"
    assert (folder / f"{name.replace('-', '_')}.py").is_file()


def test_every_wire_format_but_those_for_models_of_the_callers_own_is_a_models() -> None:
    used = {model.codec for model in models().values()}
    assert set(WIRE_FORMATS) - used == {"lmi", "chat-completions"}


def test_the_hostings_of_a_model_are_words_of_the_option() -> None:
    assert {hosting.value for hosting in Hosting} & set(HOSTINGS_OF_MODELS) >= {"notebook", "existing"}
    assert all(set(model.hostings) <= set(HOSTINGS_OF_MODELS) for model in models().values())
