"""One emulated AWS for all tests of this folder, and the stacks that most of them only read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from genai_templates.local import EmulatedStack, Emulator
from genai_templates.options import Hosting


@pytest.fixture(scope="session")
def emulator() -> Iterator[Emulator]:
    """The emulated AWS."""
    with Emulator() as running:
        yield running


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Show the emulator's log beside a test that failed."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    emulator = getattr(item, "funcargs", {}).get("emulator")
    if report.failed and isinstance(emulator, Emulator):
        report.sections.append(("Emulator's log, last lines", "\n".join(emulator.log().splitlines()[-60:])))


@pytest.fixture(scope="session")
def make_stack(emulator: Emulator, builds: Callable[[Hosting], Path]) -> Callable[..., EmulatedStack]:
    """Make a stack that is not created yet, of an application and a hosting."""
    numbers = iter(range(1, 1000))

    def make(app: str, hosting: Hosting = Hosting.EXISTING, **parameters: str) -> EmulatedStack:
        folder = builds(hosting)
        template = (folder / "templates" / f"{app}.template.json").read_text()
        return EmulatedStack(template, f"{app}-{next(numbers)}", parameters, folder / "artifacts", emulator)

    return make


@pytest.fixture(scope="session")
def text(make_stack: Callable[..., EmulatedStack]) -> EmulatedStack:
    """A text stack that uses the shared endpoint."""
    stack = make_stack("text")
    stack.create()
    return stack


@pytest.fixture(scope="session")
def image(make_stack: Callable[..., EmulatedStack]) -> EmulatedStack:
    """An image stack that uses the shared endpoint."""
    stack = make_stack("image", JobRetries="1")
    stack.create()
    return stack
