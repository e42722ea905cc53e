"""The account that the commands of deployment work in here, and the ways to run them."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from genai_templates.apps import APPS
from genai_templates.cli import main
from genai_templates.local.emulator import REGION
from genai_templates.options import Hosting
from genai_templates.packaging.build import build
from genai_templates.packaging.request import BuildRequest
from tests.aws.account import EmulatedAccount, Emulators
from tests.aws.commands import Finished, Running
from tests.aws.notebook import Notebooks
from tests.aws.wire import Wire


@pytest.fixture(scope="session")
def built(builds: Callable[[Hosting], Path]) -> Path:
    """The folder of a build with the default options: templates/text.template.json, artifacts/ and the rest."""
    return builds(Hosting.NOTEBOOK)


@pytest.fixture(scope="session")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for ``--output`` in which ``deploy`` finds its build up to date; a test that changes it copies it."""
    folder = tmp_path_factory.mktemp("output")
    for app in APPS:
        request = BuildRequest(apps=(app,), regions=(REGION,))
        build(folder / "deploy" / app, request, lambda line: None)
    return folder


@pytest.fixture(scope="session")
def emulators() -> Iterator[Emulators]:
    """The emulated AWS of this process's tests."""
    with Emulators() as kept:
        yield kept


@pytest.fixture
def account(emulators: Emulators, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[EmulatedAccount]:
    """An account with nothing in it, for which the environment is set; the working folder is an empty one."""
    emulator = emulators.clean()
    address = urlsplit(emulator.url)
    with Wire(str(address.hostname), int(address.port or 0)) as wire:
        # moto lacks it; as any rule, one that a test adds goes before it.
        wire.respond("sagemaker", "ListInferenceComponents", {"InferenceComponents": []})
        made = EmulatedAccount(emulator, wire)
        _set_environment(monkeypatch, made, tmp_path)
        yield made
    if made.is_changed:
        emulators.soil()


def _set_environment(monkeypatch: pytest.MonkeyPatch, account: EmulatedAccount, folder: Path) -> None:
    """Leave nothing of the machine's own settings to the command."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    home, work, settings = (folder / name for name in ("home", "work", "aws-settings"))
    home.mkdir()
    work.mkdir()
    settings.touch()
    own = {"HOME": home, "AWS_CONFIG_FILE": settings, "AWS_SHARED_CREDENTIALS_FILE": settings, "NO_PROXY": "*"}
    for name, value in (account.environment | own).items():
        monkeypatch.setenv(name, str(value))
    monkeypatch.chdir(work)
    monkeypatch.setattr("boto3.DEFAULT_SESSION", None)  # it would keep the credentials of the test before


@pytest.fixture
def wire(account: EmulatedAccount) -> Wire:
    """The line to the account."""
    return account.wire


@pytest.fixture
def one_attempt(account: EmulatedAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    """No call is repeated."""
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")


@pytest.fixture(scope="session")
def without_model(tmp_path_factory: pytest.TempPathFactory) -> tuple[object, ...]:
    """Arguments of ``deploy`` for a stack that waits for no model and is built already."""
    folder = tmp_path_factory.mktemp("existing")
    request = BuildRequest(apps=("text",), hosting=Hosting.EXISTING, regions=(REGION,))
    build(folder / "deploy" / "text", request, lambda line: None)
    return (
        "text",
        "--no-preflight",
        "--output",
        folder,
        "--hosting",
        "existing",
        "--parameter",
        "ExistingEndpointName=model",
    )


@pytest.fixture
def notebook(account: EmulatedAccount) -> Iterator[Notebooks]:
    """The notebooks of the account's stacks at work; without this fixture a stack goes on waiting for its model."""
    with Notebooks(account.emulator) as playing:
        yield playing


@pytest.fixture
def run(
    account: EmulatedAccount, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Finished]:
    """Run the command in this process, without a terminal: ``run("deploy", "text", input="yes\\n")``."""

    def run_here(*arguments: object, input: str = "") -> Finished:
        monkeypatch.setattr("sys.stdin", io.StringIO(input))
        capsys.readouterr()
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as exit_:  # argparse ends so
            code = int(exit_.code or 0)
        return Finished(code, *capsys.readouterr())

    return run_here


@pytest.fixture
def start(account: EmulatedAccount) -> Iterator[Callable[..., Running]]:
    """Start the command in a process of its own, on a terminal or with pipes; see ``Running``."""
    with ExitStack() as exits:

        def start_there(*arguments: object, columns: int = 60, terminal: bool = True) -> Running:
            texts = tuple(str(argument) for argument in arguments)
            return exits.enter_context(Running(texts, columns=columns, terminal=terminal))

        yield start_there


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Show the calls and the emulator's log beside a test that failed."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    account = getattr(item, "funcargs", {}).get("account")
    if report.failed and isinstance(account, EmulatedAccount):
        calls = [f"{call.status or '---'} {call.name}" for call in account.wire.calls]
        report.sections.append(("Calls over the wire", "\n".join(calls)))
        report.sections.append(("Emulator's log, last lines", "\n".join(account.emulator.log().splitlines()[-40:])))
