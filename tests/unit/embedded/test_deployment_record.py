from __future__ import annotations

import json
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given

from genai_templates.embedded.deployment_record import (
    LONGEST_REASON,
    Settings,
    read_settings,
    read_status,
    report,
    short_reason,
)


def test_the_settings_are_read_as_they_were_written(folder: Path, settings: Settings) -> None:
    assert read_settings() == settings


def test_a_status_keeps_the_start_and_the_instance_type_of_the_run(folder: Path, settings: Settings) -> None:
    report(settings, "PREPARING")
    started = read_status()["started_at"]
    report(settings, "DEPLOYING", instance_type="ml.g5.2xlarge")
    report(settings, "FAILED", reason="because")
    status = read_status()
    assert (status["state"], status["reason"], status["instance_type"]) == ("FAILED", "because", "ml.g5.2xlarge")
    assert status["started_at"] == started


def test_a_new_run_forgets_what_the_last_one_said(folder: Path, settings: Settings) -> None:
    report(settings, "FAILED", reason="because", instance_type="ml.g5.2xlarge")
    report(settings, "PREPARING")
    assert read_status()["reason"] == ""
    assert "instance_type" not in read_status()


def test_a_status_that_cannot_be_written_whole_leaves_the_old_one(
    folder: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    report(settings, "PREPARING")

    def full_disk(path: Path, text: str) -> int:
        with path.open("w") as file:
            file.write(text[:5])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full_disk)
    with pytest.raises(OSError, match="No space"):
        report(settings, "DEPLOYING")
    assert json.loads((folder / "deployment_status.json").read_text())["state"] == "PREPARING"


def test_a_reason_is_the_last_line_without_arns() -> None:
    error = ValueError("Traceback\nUser: arn:aws:sts::123456789012:assumed-role/x is not authorized\n")
    assert short_reason(error) == "User: (ARN) is not authorized"


def test_an_error_without_words_gives_its_kind() -> None:
    assert short_reason(KeyboardInterrupt()) == "KeyboardInterrupt"


@given(st.text())
def test_every_error_gives_one_short_line(text: str) -> None:
    reason = short_reason(text)
    assert 0 < len(reason) <= LONGEST_REASON
    assert len(reason.splitlines()) <= 1
