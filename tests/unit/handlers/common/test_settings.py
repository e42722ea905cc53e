"""A function says which of its environment variables are missing."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from handlers.common.settings import MissingSetting, read_settings


class Wanted(NamedTuple):
    """Two settings."""

    table_name: str
    days: int


def test_settings_come_from_the_environment_with_their_types() -> None:
    assert read_settings(Wanted, {"TABLE_NAME": "jobs", "DAYS": "30"}) == Wanted("jobs", 30)


def test_every_wrong_variable_is_named() -> None:
    with pytest.raises(MissingSetting, match=r"TABLE_NAME is missing; DAYS is 'many', which is not a whole number"):
        read_settings(Wanted, {"DAYS": "many"})
