"""The wheel: what it holds, and that an installation of it can do what the repository can."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from genai_templates.sources import source_files

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of the project, made from a copy of it without what earlier builds left."""
    source, output = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in ("genai_templates", "handlers", "static"):
        for path in source_files(ROOT / name):
            target = source / path.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    for name in ("setup.cfg", "pyproject.toml", "README.md"):
        if (ROOT / name).is_file():
            (source / name).write_bytes((ROOT / name).read_bytes())
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    command += ["--no-index", "--wheel-dir", str(output), str(source)]
    subprocess.run(command, check=True)
    [made] = output.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of commands of a new environment with the wheel, which borrows its dependencies from this one."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False, symlinks=True)
    python = folder / "bin" / "python"
    command = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*command, str(wheel)], check=True)
    [site_packages] = folder.glob("lib/python*/site-packages")
    (site_packages / "borrowed.pth").write_text(sysconfig.get_path("purelib"))
    return folder / "bin"


def test_it_holds_the_library_and_what_artifacts_are_made_of_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    library = {path.relative_to(ROOT).as_posix() for path in source_files(ROOT / "genai_templates")}
    bundled = {
        f"genai_templates/bundled/{path.relative_to(ROOT).as_posix()}"
        for name in ("handlers", "static")
        for path in source_files(ROOT / name)
    }
    assert held == library | bundled


def test_an_installation_builds_the_same_bytes_as_the_repository(installed: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [str(installed / "genai-templates"), "build"]
    result = subprocess.run(command, cwd=empty, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr + result.stdout
    repository = [
        sys.executable,
        "-m",
        "genai_templates",
        "build",
        "--no-lint",
        "--output",
        str(tmp_path / "repository"),
    ]
    subprocess.run(repository, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    assert _files(empty / "build") == _files(tmp_path / "repository")


def test_an_installation_does_not_look_into_the_repository(installed: Path, tmp_path: Path) -> None:
    code = "import genai_templates.sources as s; print(s.handlers_root(), s.static_root())"
    command = [str(installed / "python"), "-I", "-c", code]
    printed = subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, text=True).stdout
    assert [path.startswith(str(installed.parent)) for path in printed.split()] == [True, True]


def _files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".cache" not in path.parts
    }
