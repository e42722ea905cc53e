from __future__ import annotations

import os
from pathlib import Path

import pytest

from genai_templates.options import Hosting
from genai_templates.packaging import incremental
from genai_templates.packaging.incremental import (
    Record,
    is_up_to_date,
    read_record,
    snapshot,
    stale_outputs,
    write_record,
)
from genai_templates.packaging.request import BuildRequest

_OUTPUT = {"manifest.json": b"{}", "templates/a.json": b"a"}


@pytest.fixture
def project(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A project with three folders of sources, and what a build of it left in ``build``."""
    for name in ("library", "handlers", "static"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "one.py").write_text("1")
        monkeypatch.setattr(incremental, f"{name}_root", lambda name=name: tmp_path / name)
    output = tmp_path / "build"
    for path, content in _OUTPUT.items():
        (output / path).parent.mkdir(parents=True, exist_ok=True)
        (output / path).write_bytes(content)
    write_record(output, snapshot(BuildRequest(), None), _OUTPUT)
    return tmp_path


def _is_up_to_date(project: Path, request: BuildRequest | None = None) -> bool:
    earlier = read_record(project / "build")
    return is_up_to_date(snapshot(request or BuildRequest(), earlier), earlier, project / "build")


def test_nothing_changed_is_fresh(project: Path) -> None:
    assert _is_up_to_date(project)


def test_a_source_that_was_only_touched_is_fresh(project: Path) -> None:
    os.utime(project / "handlers" / "one.py", (1, 1))
    assert _is_up_to_date(project)


@pytest.mark.parametrize("folder", ["library", "handlers", "static"])
def test_a_changed_source_is_not_fresh(project: Path, folder: str) -> None:
    (project / folder / "one.py").write_text("2")
    os.utime(project / folder / "one.py", (1, 1))
    assert not _is_up_to_date(project)


def test_a_new_or_a_missing_source_is_not_fresh(project: Path) -> None:
    (project / "static" / "two.js").write_text("2")
    assert not _is_up_to_date(project)
    (project / "static" / "two.js").unlink()
    assert _is_up_to_date(project)
    (project / "static" / "one.py").unlink()
    assert not _is_up_to_date(project)


def test_an_output_that_was_edited_or_removed_is_not_fresh(project: Path) -> None:
    (project / "build" / "templates" / "a.json").write_text("edited")
    assert not _is_up_to_date(project)
    (project / "build" / "templates" / "a.json").unlink()
    assert not _is_up_to_date(project)


def test_another_request_is_not_fresh(project: Path) -> None:
    assert not _is_up_to_date(project, BuildRequest(hosting=Hosting.EXISTING))


def test_another_version_of_a_package_is_not_fresh(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(incremental, "version", lambda name: "99" if name == "cfn-lint" else "1")
    assert not _is_up_to_date(project)


def test_a_verdict_of_lint_is_good_for_a_day(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(incremental, "today", lambda: "2100-01-01")
    assert not _is_up_to_date(project)


def test_without_lint_the_day_does_not_matter(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    request = BuildRequest(regions=())
    write_record(project / "build", snapshot(request, None), _OUTPUT)
    monkeypatch.setattr(incremental, "today", lambda: "2100-01-01")
    assert _is_up_to_date(project, request)


@pytest.mark.parametrize("content", ["", "[]", '{"sources": 1}', '{"sources": {"a": [1]}, "inputs": {}}'])
def test_a_damaged_record_is_not_fresh(project: Path, content: str) -> None:
    (project / "build" / ".cache" / "build.json").write_text(content)
    assert not _is_up_to_date(project)


def test_stale_is_what_was_written_before_and_any_artifact_but_no_file_of_others(tmp_path: Path) -> None:
    kept = "artifacts/genai-templates/text/handlers-0123456789ab.zip"
    old = "artifacts/genai-templates/text/handlers-ba9876543210.zip"
    for path in (kept, old, "artifacts/genai-templates/text/mine.zip", "artifacts/other/x-0123456789ab.zip"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    earlier = Record({}, {}, {"templates/image.template.json": "", kept: ""})
    assert stale_outputs(tmp_path, earlier, {kept: b""}) == [tmp_path / old, tmp_path / "templates/image.template.json"]
    assert stale_outputs(tmp_path, None, {kept: b""}) == [tmp_path / old]
