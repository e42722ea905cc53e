"""Clients that a generator makes of the exported contracts work against the served stacks."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from genai_templates import Hosting
from genai_templates.local import EmulatedStack, Emulator
from genai_templates.packaging.build import build
from genai_templates.packaging.request import BuildRequest
from tests.local.test_serve import free_port
from tests.waiting import until


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a build."""
    folder = tmp_path_factory.mktemp("build")
    build(folder, BuildRequest(hosting=Hosting.NOTEBOOK, regions=()), lambda step: None)
    return folder


@pytest.fixture(scope="module")
def urls(folder: Path) -> Iterator[dict[str, str]]:
    """The URL of each application's API, served below its page."""
    with Emulator(sites_port=free_port()) as emulator:
        templates = {app: folder / "templates" / f"{app}.template.json" for app in ("text", "image")}
        stacks = {app: EmulatedStack(path, name=app, emulator=emulator) for app, path in templates.items()}
        with stacks["text"], stacks["image"]:
            yield {app: f"{emulator.serve_site(app, stack.domain)}api" for app, stack in stacks.items()}


@pytest.fixture(scope="module")
def client(
    folder: Path, urls: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], tuple[Any, Callable[[str], ModuleType]]]]:
    """Generate and import an application's client; give its client object and a way to its modules."""
    target = tmp_path_factory.mktemp("clients")
    config = target / "config.json"
    config.write_text(json.dumps({"post_hooks": []}))
    sys.path.insert(0, str(target))

    def generate(app: str) -> tuple[Any, Callable[[str], ModuleType]]:
        package = f"{app}_client"
        command = [sys.executable, "-m", "openapi_python_client", "generate", "--meta=none", f"--config={config}"]
        paths = [f"--path={folder}/openapi/{app}.json", f"--output-path={target / package}"]
        made = subprocess.run([*command, *paths], capture_output=True, text=True, timeout=60, check=False)
        assert made.returncode == 0, made.stdout + made.stderr
        assert "Warning" not in made.stdout + made.stderr, made.stdout + made.stderr

        def module(name: str) -> ModuleType:
            return importlib.import_module(f"{package}.{name}")

        return module("client").Client(base_url=urls[app], timeout=30), module

    yield generate
    sys.path.remove(str(target))


def test_a_client_of_the_text_application_sends_both_shapes(client: Callable[[str], Any]) -> None:
    connection, module = client("text")
    models, summarize = module("models"), module("api.default.summarize")
    own = models.SummarizeText(text="Foxes jump. Owls fly. Hens walk.", max_new_tokens=50)
    assert summarize.sync(client=connection, body=own).summary.startswith("Foxes jump.")
    parameters = models.GenerationParameters(max_new_tokens=50, temperature=0.5)
    inputs = models.SummarizeInputs(inputs="Owls fly. Hens walk. Foxes jump.", parameters=parameters)
    assert summarize.sync(client=connection, body=inputs).summary.startswith("Owls fly.")
    refused = summarize.sync(client=connection, body=models.SummarizeText(text="", max_new_tokens=50))
    assert (refused.error.code, refused.error.details[0].field) == ("invalid_request", "text")


def test_a_client_of_the_image_application_follows_its_job(client: Callable[[str], Any]) -> None:
    connection, module = client("image")
    request = module("models").GenerateRequest(prompt="a fox in the snow", width=256, height=256)
    accepted = module("api.default.start_job").sync(client=connection, body=request)

    def ended() -> Any:
        job = module("api.default.get_job").sync(accepted.job_id, client=connection)
        return job if job.status.value in ("SUCCEEDED", "FAILED") else None

    job = until(ended)
    assert (job.status.value, job.images[0].width) == ("SUCCEEDED", 256)
    image = connection.get_httpx_client().get(job.images[0].url)
    assert image.headers["content-type"] == "image/jpeg"
