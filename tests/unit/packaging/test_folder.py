from __future__ import annotations

import fcntl
import multiprocessing
import os
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest

from genai_templates.packaging.folder import output_lock, write_atomically


def test_a_file_is_written_with_its_folders(tmp_path: Path) -> None:
    write_atomically(tmp_path / "a" / "b.txt", b"new")
    assert (tmp_path / "a" / "b.txt").read_bytes() == b"new"
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["b.txt"]


def test_equal_content_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "b.txt"
    path.write_bytes(b"same")
    os.utime(path, (1, 1))
    write_atomically(path, b"same")
    assert path.stat().st_mtime == 1


def test_a_write_that_fails_leaves_the_old_content_and_no_rest(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "b.txt"
    path.write_bytes(b"old")

    def disk_is_full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", disk_is_full)
    with pytest.raises(OSError, match="No space left"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def _hold(folder: Path, has_it: Event, may_go: Event) -> None:
    with output_lock(folder):
        has_it.set()
        may_go.wait(30)


def test_a_second_process_waits_until_the_first_is_done(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    has_it, may_go = context.Event(), context.Event()
    first = context.Process(target=_hold, args=(tmp_path, has_it, may_go))
    first.start()
    assert has_it.wait(30)
    with (tmp_path / ".cache" / "lock").open("w") as file, pytest.raises(BlockingIOError):
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    may_go.set()
    with output_lock(tmp_path):
        first.join(30)
    assert first.exitcode == 0
