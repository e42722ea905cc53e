"""An application with jobs, its table and its clock."""

from __future__ import annotations

import pytest

from tests.unit.handlers.conftest import Clock, Events
from tests.unit.handlers.jobs.speech import Speech


@pytest.fixture
def speech(aws: None, clock: Clock, events: Events) -> Speech:
    """The application, with an empty table."""
    return Speech(events)
