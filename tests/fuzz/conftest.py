"""Both applications in one emulated AWS, with a model that answers at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from genai_templates.local import EmulatedStack, Emulator
from genai_templates.local.chaos import Chaos, ModelFault
from genai_templates.local.notebook import deploy_endpoint
from genai_templates.options import Hosting
from genai_templates.packaging.build import build
from genai_templates.packaging.request import BuildRequest
from tests.waiting import until

# As fast as the tests can ask.
_UNTHROTTLED = {"ThrottleRate": "10000", "ThrottleBurst": "5000"}
_IMAGE_ENDPOINT = "pictures"


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The build of both stacks, which use an endpoint that is there already."""
    made = tmp_path_factory.mktemp("build")
    build(made, BuildRequest(hosting=Hosting.EXISTING, regions=()), lambda line: None)
    return made


@pytest.fixture(scope="session")
def emulator() -> Iterator[Emulator]:
    """An emulated AWS for this folder's tests."""
    with Emulator() as running:
        yield running


@pytest.fixture(scope="session")
def text(emulator: Emulator, folder: Path) -> Iterator[EmulatedStack]:
    """The text application."""
    template = folder / "templates" / "text.template.json"
    with EmulatedStack(template, "text", _UNTHROTTLED, emulator=emulator) as stack:
        yield stack


@pytest.fixture(scope="session")
def image(emulator: Emulator, folder: Path, text: EmulatedStack) -> Iterator[EmulatedStack]:
    """The image application, with one image, and a model that refuses all further jobs: drawing takes time."""
    deploy_endpoint(text.client("sagemaker"), _IMAGE_ENDPOINT)
    parameters = {**_UNTHROTTLED, "JobRetries": "0", "ExistingEndpointName": _IMAGE_ENDPOINT}
    with EmulatedStack(folder / "templates" / "image.template.json", "image", parameters, emulator=emulator) as stack:
        started = stack.call("POST", "/generate", {"prompt": "a lighthouse at dawn", "num_inference_steps": 1})
        path = f"/{started.json()['status_url']}"
        until(lambda: True if stack.call("GET", path).json()["status"] == "SUCCEEDED" else None)
        with Chaos(emulator) as chaos:
            chaos.model_fault(_IMAGE_ENDPOINT, ModelFault.CLIENT_ERROR)
            yield stack
