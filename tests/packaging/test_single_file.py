"""The templates that hold their artifacts, as the command that a person types makes them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def build(output: Path, *options: str) -> str:
    command = [sys.executable, "-m", "genai_templates", "build", "--single-file", "--output", str(output), *options]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output of one build of both applications, linted."""
    output = tmp_path_factory.mktemp("single-file")
    build(output)
    return output


def test_the_bytes_depend_on_the_sources_alone(built: Path, tmp_path: Path) -> None:
    build(tmp_path, "--no-lint")
    for app in ("text", "image"):
        path = f"console/{app}.template.json"
        assert (tmp_path / path).read_bytes() == (built / path).read_bytes()


def test_other_choices_reach_them(tmp_path: Path) -> None:
    output = build(tmp_path, "--no-lint", "--app=text", "--hosting=existing", "--architecture=arm64")
    assert [path.name for path in (tmp_path / "console").iterdir()] == ["text.template.json"]
    assert f"{tmp_path}/console/text.template.json: " in output
    template = json.loads((tmp_path / "console" / "text.template.json").read_text())
    assert "ExistingEndpointName" in template["Parameters"]
    functions = [each for each in template["Resources"].values() if each["Type"] == "AWS::Lambda::Function"]
    assert {each["Properties"]["Architectures"][0] for each in functions} == {"arm64"}
