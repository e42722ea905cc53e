"""One emulated AWS for all tests of this folder, and the stacks that most of them only read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from genai_templates.local.emulator import Emulator
from genai_templates.options import Hosting
from genai_templates.packaging.build import build
from genai_templates.packaging.request import BuildRequest
from tests.lifecycle.deployment import ARTIFACTS, ENDPOINT, Aws, Deployment


@pytest.fixture(scope="session")
def builds(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Hosting], Path]:
    """The folder of the build of both stacks, made once for each hosting."""
    made: dict[Hosting, Path] = {}

    def of(hosting: Hosting) -> Path:
        if hosting not in made:
            made[hosting] = tmp_path_factory.mktemp(f"build-{hosting.name}".lower())
            build(made[hosting], BuildRequest(hosting=hosting, regions=()), lambda line: None)
        return made[hosting]

    return of


@pytest.fixture(scope="session")
def aws(builds: Callable[[Hosting], Path]) -> Iterator[Aws]:
    """The emulated AWS, with the artifacts in a bucket and an endpoint that answers."""
    with Emulator() as emulator:
        aws = Aws(emulator)
        aws.s3.create_bucket(Bucket=ARTIFACTS)
        aws.upload_build(builds(Hosting.EXISTING))
        aws.deploy_endpoint(ENDPOINT)
        yield aws


@pytest.fixture(scope="session")
def with_notebook_artifacts(aws: Aws, builds: Callable[[Hosting], Path]) -> None:
    """The artifacts of the build whose stacks deploy their own model."""
    aws.upload_build(builds(Hosting.NOTEBOOK))


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Show the emulator's log beside a test that failed."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    aws = getattr(item, "funcargs", {}).get("aws")
    if report.failed and isinstance(aws, Aws):
        report.sections.append(("Emulator's log, last lines", "\n".join(aws.emulator.log().splitlines()[-60:])))


@pytest.fixture(scope="session")
def make_deployment(aws: Aws, builds: Callable[[Hosting], Path]) -> Callable[..., Deployment]:
    """Make a stack that is not created yet, of an application and a hosting."""
    numbers = iter(range(1, 1000))

    def make(app: str, hosting: Hosting = Hosting.EXISTING, **parameters: str) -> Deployment:
        template = (builds(hosting) / "templates" / f"{app}.template.json").read_text()
        model = {"ExistingEndpointName": ENDPOINT} if hosting is Hosting.EXISTING else {}
        return Deployment(aws, f"{app}-{next(numbers)}", template, {**model, **parameters})

    return make


@pytest.fixture(scope="session")
def text(make_deployment: Callable[..., Deployment]) -> Deployment:
    """A text stack that uses the shared endpoint."""
    deployment = make_deployment("text")
    assert deployment.create() == "CREATE_COMPLETE", deployment.events
    return deployment


@pytest.fixture(scope="session")
def image(make_deployment: Callable[..., Deployment]) -> Deployment:
    """An image stack that uses the shared endpoint."""
    deployment = make_deployment("image", JobRetries="1")
    assert deployment.create() == "CREATE_COMPLETE", deployment.events
    return deployment
