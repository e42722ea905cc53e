"""The models that the catalogue recommends serve both applications, in formats that the defaults do not speak."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from genai_templates.catalog import models
from genai_templates.local import EmulatedStack, Emulator
from genai_templates.options import Hosting
from genai_templates.packaging.build import build
from genai_templates.packaging.request import BuildRequest
from tests.lifecycle.jobs import made

RECOMMENDED = {model.app: model for model in models().values() if model.recommended}
PROMPT = "a lighthouse at dawn"


@pytest.fixture(scope="module")
def stack_of(emulator: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], EmulatedStack]:
    """Make a stack of an application with its recommended model, on an endpoint that is there already."""
    folder = tmp_path_factory.mktemp("build-recommended")
    chosen = {app: model.model_id for app, model in RECOMMENDED.items()}
    build(folder, BuildRequest(models=chosen, hosting=Hosting.EXISTING, regions=()), lambda line: None)

    def make(app: str) -> EmulatedStack:
        template = (folder / "templates" / f"{app}.template.json").read_text()
        stack = EmulatedStack(template, f"{app}-recommended", {}, folder / "artifacts", emulator)
        stack.create()
        return stack

    return make


def test_a_text_is_summarised_by_chat_completions(stack_of: Callable[[str], EmulatedStack]) -> None:
    text = stack_of("text")
    body = text.call("POST", "/summarize", {"text": "The fox jumps over the dog. It rained. " * 400}).json()
    assert "fox" in body["summary"]
    assert body["model"] == RECOMMENDED["text"].model_id
    assert body["parts"] == 1  # 15,600 characters, which the window of the default model would not hold


def test_images_are_made_within_what_the_model_can_take(stack_of: Callable[[str], EmulatedStack]) -> None:
    image = stack_of("image")
    settings = {"prompt": PROMPT, "width": 264, "height": 256, "negative_prompt": "rain", "num_inference_steps": 50}
    job = made(image, settings)
    assert job["status"] == "SUCCEEDED"
    assert [(each["width"], each["height"]) for each in job["images"]] == [(256, 256)]
