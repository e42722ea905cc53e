"""The account of these tests: no call leaves this process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.unit.aws.stubbed_account import StubbedAccount


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[StubbedAccount]:
    """An account in eu-west-1; at the end every expected call must have been made."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    with ExitStack() as exits:
        made = StubbedAccount(exits)
        yield made
        made.check()
