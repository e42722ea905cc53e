from __future__ import annotations

import pytest

from genai_templates.catalog import FALCON_7B_INSTRUCT, STABLE_DIFFUSION_V2
from genai_templates.errors import InvalidOption, UnknownModel
from genai_templates.options import Architecture, Hosting
from genai_templates.packaging.request import BuildRequest

_MISTRAL = "huggingface-llm-mistral-7b-instruct"
_LLAMA = "meta-textgeneration-llama-3-1-8b-instruct"


def test_the_default_is_both_stacks_with_their_own_models() -> None:
    request = BuildRequest()
    assert request.apps == ("text", "image")
    assert [request.model_of(app) for app in request.apps] == [FALCON_7B_INSTRUCT, STABLE_DIFFUSION_V2]


@pytest.mark.parametrize("apps", [(), ("video",), ("text", "video")])
def test_a_stack_that_is_not_there_is_refused(apps: tuple[str, ...]) -> None:
    with pytest.raises(InvalidOption, match="applications are text, image"):
        BuildRequest(apps=apps)


def test_a_model_without_its_stack_is_refused() -> None:
    with pytest.raises(InvalidOption, match="is for the text application, which is not among those to build"):
        BuildRequest(apps=("image",), models={"text": _MISTRAL})


def test_a_model_for_another_task_is_refused() -> None:
    with pytest.raises(UnknownModel, match="is not a model of the image application"):
        BuildRequest(models={"image": _MISTRAL})


def test_a_model_with_a_licence_needs_it_accepted() -> None:
    with pytest.raises(InvalidOption, match="needs its licence accepted"):
        BuildRequest(models={"text": _LLAMA})
    assert BuildRequest(models={"text": _LLAMA}, accept_license=True).model_of("text") == _LLAMA


def test_equal_requests_have_one_identity_and_others_another() -> None:
    default = BuildRequest().identity()
    assert BuildRequest(models={"text": FALCON_7B_INSTRUCT}).identity() == default
    others = [
        BuildRequest(models={"text": _MISTRAL}),
        BuildRequest(apps=("text",)),
        BuildRequest(hosting=Hosting.EXISTING),
        BuildRequest(architecture=Architecture.ARM64),
        BuildRequest(regions=("us-east-1",)),
        BuildRequest(regions=()),
    ]
    assert all(other.identity() != default for other in others)
