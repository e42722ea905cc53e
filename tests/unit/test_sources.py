from __future__ import annotations

from pathlib import Path

import pytest

from genai_templates import sources
from genai_templates.errors import PackagingError
from genai_templates.sources import handlers_root, library_root, read_files, source_files


def _write(folder: Path, *paths: str) -> None:
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(path)


def test_only_what_a_person_wrote_is_read(tmp_path: Path) -> None:
    _write(
        tmp_path, "b.py", "a/c.css", "a/__pycache__/c.pyc", ".DS_Store", "a/.idea/x", "b.py~", "a/.c.css.swp", "#b.py#"
    )
    assert read_files(tmp_path, "here/") == {"here/a/c.css": b"a/c.css", "here/b.py": b"b.py"}


def test_a_link_is_no_source(tmp_path: Path) -> None:
    _write(tmp_path, "inside/a.py", "outside.py")
    (tmp_path / "inside" / "link.py").symlink_to(tmp_path / "outside.py")
    assert source_files(tmp_path / "inside") == [tmp_path / "inside" / "a.py"]


def test_a_folder_without_files_is_said_to_be_so(tmp_path: Path) -> None:
    with pytest.raises(PackagingError, match="has no files"):
        read_files(tmp_path / "missing")


def test_an_installation_uses_its_bundled_copy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _write(tmp_path, "library/bundled/handlers/__init__.py", "handlers/__init__.py")
    monkeypatch.setattr(sources, "_LIBRARY", tmp_path / "library")
    assert handlers_root() == tmp_path / "library" / "bundled" / "handlers"


def test_a_repository_uses_the_folder_beside_the_library(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _write(tmp_path, "library/__init__.py", "handlers/__init__.py")
    monkeypatch.setattr(sources, "_LIBRARY", tmp_path / "library")
    assert library_root() == tmp_path / "library"
    assert handlers_root() == tmp_path / "handlers"


def test_neither_is_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sources, "_LIBRARY", tmp_path / "library")
    with pytest.raises(PackagingError, match="'handlers' is neither in"):
        handlers_root()
