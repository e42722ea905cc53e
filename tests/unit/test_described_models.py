"""A model that is not in the catalogue is described by one object, which is checked when it is made."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from troposphere import Template

from genai_templates import Container, Hosting, ImageStack, InvalidOption, Model, TextStack, UnknownModel
from genai_templates.components.endpoint_role import add_endpoint_role
from genai_templates.packaging.lint import lint_templates
from genai_templates.scope import Scope

IMAGE = "djl-inference:0.36.0-lmi18.0.0-cu128"
TEXT: dict[str, Any] = {
    "model_id": "huggingface-llm-qwen2-5-7b-instruct",
    "app": "text",
    "codec": "chat-completions",
    "version": "1.42.0",
    "repositories": ("djl-inference",),
    "instance_types": ("ml.g6e.xlarge", "ml.g6e.2xlarge"),
    "max_input_tokens": 6144,
    "max_total_tokens": 8192,
}
PICTURES: dict[str, Any] = {
    "model_id": "my-diffusion",
    "app": "image",
    "codec": "stable-diffusion",
    "version": "1.0.0",
    "repositories": ("huggingface-pytorch-inference",),
    "instance_types": ("ml.g5.2xlarge",),
}
CONTAINER: dict[str, Any] = {"image": IMAGE, "artifacts": "s3://my-models/qwen/", "environment": {"A": "b"}}


def own(**more: Any) -> Model:
    """Return a text model with a container of the caller's."""
    facts = {**TEXT, "version": "", "repositories": (), "container": Container(**CONTAINER)}
    return Model(**{**facts, **more})


@pytest.mark.parametrize(("stack", "facts"), [(TextStack, TEXT), (ImageStack, PICTURES)], ids=["text", "image"])
def test_a_described_model_makes_a_template_without_a_finding(
    stack: Any, facts: dict[str, Any], tmp_path: Path
) -> None:
    text = stack(model=Model(**facts)).to_json()
    assert facts["model_id"] in text
    assert lint_templates({"template": text}, regions=["us-east-1"], cache_dir=tmp_path) == ()


def test_the_description_reaches_template_and_functions() -> None:
    template = TextStack(model=Model(**TEXT)).template.to_dict()
    assert template["Parameters"]["InstanceType"]["AllowedValues"] == list(TEXT["instance_types"])
    variables = template["Resources"]["GenAILambdaFunction"]["Properties"]["Environment"]["Variables"]
    assert variables["MODEL_ID"] == TEXT["model_id"]
    assert variables["PAYLOAD_CODEC"] == "chat-completions"
    assert (variables["MAX_INPUT_TOKENS"], variables["MAX_TOTAL_TOKENS"]) == ("6144", "8192")


def test_a_model_that_an_endpoint_serves_already_needs_neither_version_nor_container() -> None:
    served = Model(**{**TEXT, "version": "", "repositories": ()})
    assert served.hostings == ("existing",)
    assert TextStack(model=served, hosting=Hosting.EXISTING).hosted_model.facts.codec == "chat-completions"
    with pytest.raises(InvalidOption, match="cannot have the hosting 'notebook'; choose one of existing"):
        TextStack(model=served)


def test_a_container_gives_the_hostings_whose_endpoint_is_a_resource() -> None:
    assert own().hostings == ("existing", "native", "scale-to-zero")
    assert Model(**TEXT).hostings == ("notebook", "existing")


def test_the_endpoints_role_reads_the_callers_bucket_and_no_more_of_it() -> None:
    template = Template()
    add_endpoint_role(Scope(template), own())
    document = json.dumps(template.to_dict())
    assert "arn:${AWS::Partition}:s3:::my-models/qwen/*" in document
    assert '"s3:prefix": "qwen/*"' in document
    assert ":*:repository/djl-inference" in document
    assert "jumpstart" not in document


def test_an_image_of_one_region_is_in_that_region_alone() -> None:
    host = "123456789012.dkr.ecr.eu-north-1.amazonaws.com"
    container = Container(**{**CONTAINER, "image": f"{host}/team/server:1.0"})
    assert dict(container.registries) == {"eu-north-1": host}
    assert (container.repository, container.image_name) == ("team/server", "team/server:1.0")


def test_an_image_that_is_not_known_is_refused_when_its_regions_are_asked_for() -> None:
    with pytest.raises(InvalidOption, match=r"regions of the image 'mine:1' are not known; give its whole URI"):
        _ = Container(**{**CONTAINER, "image": "mine:1"}).registries


def test_a_licence_has_to_be_accepted_for_a_described_model_too() -> None:
    licensed = Model(**TEXT, license_url="https://example.com/licence")
    with pytest.raises(InvalidOption, match="accept_license=True"):
        TextStack(model=licensed)
    assert TextStack(model=licensed, accept_license=True).hosted_model.facts.model_id == TEXT["model_id"]


def test_a_described_model_serves_its_application_alone() -> None:
    with pytest.raises(UnknownModel, match="is not a model of the image application"):
        ImageStack(model=Model(**TEXT))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"model_id": "a b"}, "model_id is 'a b'"),
        ({"model_id": 3}, "model_id is 3"),
        ({"app": "video"}, "'video'; choose one of text, image"),
        ({"codec": "morse"}, "'morse'; choose one of tgi, lmi, mistral"),
        ({"codec": "stable-diffusion"}, "choose one of tgi"),
        ({"instance_types": ()}, "give a tuple of at least one"),
        ({"instance_types": "ml.g5.xlarge"}, "give a tuple of at least one"),
        ({"instance_types": ("g5.xlarge",)}, "they are like ml.g5.2xlarge"),
        ({"default_instance_type": "ml.p5.48xlarge"}, "does not run on ml.p5.48xlarge; choose one of ml.g6e.xlarge"),
        ({"max_input_tokens": None}, "give two numbers"),
        ({"max_input_tokens": "many"}, "give two numbers"),
        ({"max_input_tokens": 9000}, "below the second"),
        ({"repositories": ()}, "give the repositories"),
        ({"container": "image"}, "it must be a Container"),
        ({"container": Container(**CONTAINER)}, "leave out one of them, or take the artifacts from s3://jumpstart"),
    ],
)
def test_a_description_that_cannot_work_is_refused_with_what_is_allowed(change: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidOption) as caught:
        Model(**{**TEXT, **change})
    assert words in str(caught.value)


def test_an_image_model_has_no_window_of_tokens() -> None:
    with pytest.raises(InvalidOption, match="leave out max_input_tokens"):
        Model(**PICTURES, max_input_tokens=1, max_total_tokens=2)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"image": "no-tag"}, "give repository:tag"),
        ({"image": "docker.io/vllm/vllm-openai:latest"}, "give repository:tag"),
        ({"artifacts": "https://example.com/x/"}, "give s3://bucket/prefix/"),
        ({"artifacts": "s3://bucket/model.tar.gz"}, "files that are not compressed"),
        ({"environment": {"A": 1}}, "A is 1; it must be a str"),
        ({"environment": {"1A": "b"}}, "'1A' is no name of a variable"),
        ({"environment": "A=b"}, "must be a mapping"),
        ({"environment_by_instance_type": {"ml.g5.xlarge": {"A": None}}}, "environment of ml.g5.xlarge: A is None"),
        ({"environment_by_instance_type": []}, "must be a mapping"),
        ({"network_isolation": "yes"}, "network_isolation is 'yes'"),
    ],
)
def test_a_container_that_cannot_work_is_refused_with_what_is_allowed(change: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidOption) as caught:
        Container(**{**CONTAINER, **change})
    assert words in str(caught.value)


_ANY = st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.text()) | st.tuples(st.text())


@given(name=st.sampled_from([*TEXT, "container", "default_instance_type"]), value=_ANY)
def test_any_value_is_taken_or_refused_as_an_option(name: str, value: Any) -> None:
    with suppress(InvalidOption):
        Model(**{**TEXT, name: value})


@given(name=st.sampled_from(sorted(CONTAINER)), value=_ANY | st.dictionaries(st.text(), _ANY))
def test_any_value_of_a_container_is_taken_or_refused_as_an_option(name: str, value: Any) -> None:
    with suppress(InvalidOption):
        Container(**{**CONTAINER, name: value})
