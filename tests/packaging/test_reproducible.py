"""The whole build of the real stacks, as the command that a person types."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def _build(
    output: Path, *options: str, project: Path = ROOT, umask: int = 0o022, **environment: str
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "genai_templates", "build", "--output", str(output), *options]
    return subprocess.run(
        command, cwd=project, env=os.environ | environment, umask=umask, capture_output=True, text=True, check=False
    )


def _files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".cache" not in path.parts
    }


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output of one build, which tests only read."""
    output = tmp_path_factory.mktemp("built")
    result = _build(output)
    assert result.returncode == 0, result.stderr + result.stdout
    return output


@pytest.fixture
def copy_of_project(tmp_path: Path) -> Path:
    """The project's sources in another folder, with other modes and times of change."""
    project = tmp_path / "elsewhere"
    for name in ("genai_templates", "handlers", "static"):
        shutil.copytree(ROOT / name, project / name, ignore=shutil.ignore_patterns("__pycache__"))
    for path in project.rglob("*"):
        path.chmod(0o700)
        os.utime(path, (1_000_000_000, 1_000_000_000))
    return project


def test_the_bytes_depend_on_the_sources_alone(built: Path, copy_of_project: Path, tmp_path: Path) -> None:
    output = tmp_path / "other" / "build"
    surroundings = {"TZ": "Pacific/Auckland", "PYTHONHASHSEED": "4711", "LC_ALL": "C", "PYTHONUTF8": "0"}
    result = _build(output, "--no-lint", project=copy_of_project, umask=0o077, **surroundings)
    assert result.returncode == 0, result.stderr
    assert _files(output) == _files(built)


def test_it_leaves_what_a_bucket_and_the_console_need(built: Path) -> None:
    manifest = json.loads((built / "manifest.json").read_text())
    assert list(manifest["stacks"]) == ["image", "text"]
    for app, entry in manifest["stacks"].items():
        template = json.loads((built / entry["template"]["path"]).read_text())
        for artifact in entry["artifacts"]:
            assert template["Parameters"][artifact["parameter"]]["Default"] == ""
            assert f'"{artifact["key"]}"' in json.dumps(template["Resources"])
            assert artifact["path"] == f"artifacts/{artifact['key']}"
            assert artifact["key"].startswith(f"genai-templates/{app}/")
        assert json.loads((built / entry["openapi"]["path"]).read_text())["openapi"].startswith("3.0")


def test_every_handler_of_a_template_is_in_its_artifact(built: Path) -> None:
    manifest = json.loads((built / "manifest.json").read_text())
    for entry in manifest["stacks"].values():
        names: set[str] = set()
        for artifact in entry["artifacts"]:
            with zipfile.ZipFile(built / artifact["path"]) as archive:
                names |= set(archive.namelist())
        resources = json.loads((built / entry["template"]["path"]).read_text())["Resources"].values()
        functions = [each for each in resources if each["Type"] == "AWS::Lambda::Function"]
        assert functions
        for function in functions:
            module = function["Properties"]["Handler"].rsplit(".", 1)[0]
            assert module.replace(".", "/") + ".py" in names


def test_the_second_build_does_no_work_twice(tmp_path: Path) -> None:
    first = _build(tmp_path)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.*") if ".cache" not in path.parts}
    second = _build(tmp_path)
    assert first.stdout + f"{tmp_path} is up to date\n" == second.stdout
    assert second.stderr == ""
    assert before == {path: path.stat().st_mtime_ns for path in before}


def test_two_builds_at_once_get_on_with_each_other(built: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "genai_templates", "build", "--output", str(tmp_path)]
    processes = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) for _ in range(2)]
    assert [process.wait(120) for process in processes] == [0, 0]
    assert _files(tmp_path) == _files(built)


def test_package_makes_the_artifacts_of_the_build(built: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "genai_templates", "package", "--output", str(tmp_path)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert _files(tmp_path / "artifacts") == _files(built / "artifacts")
    assert "text LambdaS3Key=genai-templates/text/handlers-" in result.stdout
