"""Both applications, in an emulated AWS of this folder's own: its faults would be everybody's."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.world import World, opened


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The applications, and whoever plays their users and their faults."""
    with opened(tmp_path_factory.mktemp("build")) as world:
        yield world


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Show the emulator's log beside a test that failed."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    world = getattr(item, "funcargs", {}).get("world")
    if report.failed and isinstance(world, World):
        report.sections.append(("Emulator's log, last lines", "\n".join(world.emulator.log().splitlines()[-60:])))
