"""A permission that arrives late is waited for; every other error is not."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from handlers.custom_resources.retry import PAUSES_SECONDS, retry_refused


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses that were made."""
    made: list[float] = []
    monkeypatch.setattr("time.sleep", made.append)
    return made


class Work:
    """Work that a call refuses so many times."""

    def __init__(self, code: str, times: int) -> None:
        self.code, self.times = code, times

    def __call__(self) -> str:
        if self.times:
            self.times -= 1
            raise ClientError({"Error": {"Code": self.code, "Message": ""}}, "PutObject")
        return "done"


@pytest.mark.parametrize("code", ["AccessDenied", "AccessDeniedException"])
def test_a_refusal_is_believed_only_after_half_a_minute(pauses: list[float], code: str) -> None:
    assert retry_refused(Work(code, 5)) == "done"
    assert pauses == [1, 2, 4, 8, 16] == list(PAUSES_SECONDS)
    with pytest.raises(ClientError):
        retry_refused(Work(code, 6))


def test_another_error_is_believed_at_once(pauses: list[float]) -> None:
    with pytest.raises(ClientError):
        retry_refused(Work("ValidationException", 1))
    assert pauses == []
