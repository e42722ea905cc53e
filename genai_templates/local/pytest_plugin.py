"""Fixtures for the tests of a project that composes its own stack.

Its ``conftest.py`` says ``pytest_plugins = ["genai_templates.local.pytest_plugin"]``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from .emulator import Emulator
from .stack import EmulatedStack


@pytest.fixture(scope="session")
def emulator() -> Iterator[Emulator]:
    """An emulated AWS for all tests of the session."""
    with Emulator() as running:
        yield running


@pytest.fixture
def emulated_stack(emulator: Emulator) -> Iterator[Callable[..., EmulatedStack]]:
    """Create stacks, with the arguments of ``EmulatedStack``, that are deleted when the test has ended."""
    with ExitStack() as stacks:
        yield lambda template, **options: stacks.enter_context(EmulatedStack(template, emulator=emulator, **options))
