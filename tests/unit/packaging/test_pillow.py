from __future__ import annotations

import hashlib
import importlib.util
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from genai_templates.errors import PackagingError
from genai_templates.options import Architecture
from genai_templates.packaging.pillow import Wheel, cache_folder, pinned_pillow, wheel_bytes


class FakePip:
    """Stands for ``subprocess.run``: pip leaves this content in the folder that it is told, or fails."""

    def __init__(self, content: bytes | None, error: str = "") -> None:
        self.content = content
        self.error = error
        self.commands: list[list[str]] = []

    def __call__(
        self, command: Sequence[str], *, capture_output: bool, text: bool, check: bool
    ) -> subprocess.CompletedProcess[str]:
        self.commands.append(list(command))
        if self.content is None:
            return subprocess.CompletedProcess(command, 1, stdout="", stderr=self.error)
        folder = next(word.removeprefix("--dest=") for word in command if word.startswith("--dest="))
        (Path(folder) / "a.whl").write_bytes(self.content)
        return subprocess.CompletedProcess(command, 0, stdout="", stderr="")


@pytest.fixture
def wheel() -> Wheel:

    return Wheel("a.whl", "manylinux_2_28_x86_64", hashlib.sha256(b"the wheel").hexdigest())


@pytest.fixture(autouse=True)
def empty_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


def _use(monkeypatch: pytest.MonkeyPatch, pip: FakePip) -> FakePip:
    monkeypatch.setattr(subprocess, "run", pip)
    return pip


def test_a_wheel_is_downloaded_once_for_lambdas_platform(monkeypatch: pytest.MonkeyPatch, wheel: Wheel) -> None:
    pip = _use(monkeypatch, FakePip(b"the wheel"))
    assert wheel_bytes(wheel) == wheel_bytes(wheel) == b"the wheel"
    [command] = pip.commands
    assert {"--only-binary=:all:", "--no-deps", "--python-version=3.13", "--abi=cp313", "Pillow==13.0.0"} < set(command)
    assert "--platform=manylinux_2_28_x86_64" in command


def test_a_wheel_with_another_hash_is_refused_and_not_kept(monkeypatch: pytest.MonkeyPatch, wheel: Wheel) -> None:
    _use(monkeypatch, FakePip(b"another wheel"))
    with pytest.raises(PackagingError, match="another SHA-256"):
        wheel_bytes(wheel)
    assert not (cache_folder() / wheel.file).exists()


def test_a_damaged_file_in_the_cache_is_replaced(monkeypatch: pytest.MonkeyPatch, wheel: Wheel) -> None:
    cache_folder().mkdir(parents=True)
    (cache_folder() / wheel.file).write_bytes(b"half a wh")
    _use(monkeypatch, FakePip(b"the wheel"))
    assert wheel_bytes(wheel) == (cache_folder() / wheel.file).read_bytes() == b"the wheel"
    assert [path.name for path in cache_folder().iterdir()] == ["a.whl"]


def test_without_a_network_the_message_says_where_the_file_may_be_put(
    monkeypatch: pytest.MonkeyPatch, wheel: Wheel
) -> None:
    _use(monkeypatch, FakePip(None, "WARNING: Retrying\nERROR: No matching distribution found\n"))
    with pytest.raises(
        PackagingError, match=r"ERROR: No matching distribution found.*connect to the network"
    ) as caught:
        wheel_bytes(wheel)
    assert str(cache_folder()) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_without_pip_the_message_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch, wheel: Wheel) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(PackagingError, match="python -m ensurepip"):
        wheel_bytes(wheel)


def test_each_architecture_has_its_pinned_wheel() -> None:
    wheels = pinned_pillow().wheels
    assert set(wheels) == set(Architecture)
    assert "aarch64" in wheels[Architecture.ARM64].file
    assert "x86_64" in wheels[Architecture.X86_64].file
    assert all(len(wheel.sha256) == 64 for wheel in wheels.values())
