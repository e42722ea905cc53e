"""An application with jobs, its table and its clock."""

from __future__ import annotations

import pytest

from handlers.jobs import submission
from tests.unit.handlers.conftest import Clock, Events
from tests.unit.handlers.jobs.speech import Speech


@pytest.fixture
def speech(aws: None, clock: Clock, events: Events) -> Speech:
    """The application, with an empty table."""
    return Speech(events)


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let requests wait for each other without taking time."""
    monkeypatch.setattr(submission, "sleep", lambda seconds: None)
