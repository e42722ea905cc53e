"""What the documents say is what the code does: tables, examples, links."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from genai_templates import ImageStack, TextStack
from genai_templates.cli.arguments import VERBS
from handlers.common import limits
from tests.aws_command_line import flags_of

ROOT = Path(__file__).resolve().parents[3]
DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
PICTURES = sorted((ROOT / "docs").glob("*-architecture.svg"))
SVG = "{http://www.w3.org/2000/svg}"


def update_docs(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "scripts" / "update_docs"), *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def blocks(path: Path, language: str) -> Iterator[str]:
    yield from re.findall(rf"^```{language}\n(.*?)^```", path.read_text("utf-8"), re.DOTALL | re.MULTILINE)


def examples() -> list[object]:
    return [
        pytest.param(block, id=f"{path.stem}-{number}")
        for path in DOCUMENTS
        for number, block in enumerate(blocks(path, "python"), 1)
    ]


def anchors(path: Path) -> set[str]:
    """Return the anchors that a document's headings get."""
    headings = re.findall(r"^#+ (.+)$", path.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def links(path: Path) -> list[str]:
    found = re.findall(r"\]\(([^)\s]+)\)", path.read_text("utf-8"))
    return [link for link in found if not link.startswith("https://")]


def requests(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the path and body of each curl command that sends something."""
    for block in blocks(path, "sh"):
        commands = block.replace("\\\n", " ").splitlines()
        for command in commands:
            found = re.search(r"\$URL(/\w+)\"? .*-d '(.*)'$", command)
            if found:
                yield found[1], json.loads(found[2])


def test_the_tables_of_parameters_are_those_of_the_templates() -> None:
    checked = update_docs("--check")
    assert checked.returncode == 0, checked.stderr


def test_a_stale_table_is_noticed_and_renewed(tmp_path: Path) -> None:
    document = tmp_path / "parameters.md"
    for name in ("options.md", "deploy.md", "models.md"):
        shutil.copy(ROOT / "docs" / name, tmp_path)
    fresh = (ROOT / "docs" / "parameters.md").read_text("utf-8")
    document.write_text(fresh.replace("| `29000` |", "| `1` |"), "utf-8")
    checked = update_docs("--check", "--folder", str(tmp_path))
    assert checked.returncode == 1
    assert "parameters.md is stale" in checked.stderr
    assert update_docs("--folder", str(tmp_path)).returncode == 0
    assert document.read_text("utf-8") == fresh


@pytest.mark.parametrize("example", examples())
def test_an_example_in_python_runs(example: str) -> None:
    exec(compile(example, "example", "exec"), {})


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    for link in links(path):
        name, _, anchor = link.partition("#")
        target = path.parent / name if name else path
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@pytest.mark.parametrize("path", [ROOT / "README.md", ROOT / "docs" / "api.md"], ids=lambda path: path.name)
def test_requests_of_the_examples_are_of_the_api(path: Path) -> None:
    known: dict[str, set[str]] = {"/summarize": {"inputs", "parameters"}, "/generate": set()}
    for stack in (TextStack(), ImageStack()):
        schemas = stack.openapi()["components"]["schemas"]
        known["/generate"] |= set(schemas["GenerateRequest"]["properties"])
        if stack.app == "text":
            known["/summarize"] |= set(schemas["SummarizeText"]["properties"])
    found = list(requests(path))
    assert found
    for route, body in found:
        assert set(body) <= known[route]


def test_the_numbers_of_the_api_are_those_of_the_code() -> None:
    text = (ROOT / "docs" / "api.md").read_text("utf-8")
    for number in (limits.TEXT_MAX_CHARACTERS, limits.TEXT_PROMPT_MAX_CHARACTERS, limits.MAX_PIXEL_STEPS):
        assert f"{number:,}" in text
    for row in (
        f"| `max_new_tokens` | {limits.DEFAULT_NEW_TOKENS} | 1 to {limits.MAX_NEW_TOKENS} |",
        f"| `num_inference_steps` | {limits.DEFAULT_INFERENCE_STEPS} | 1 to {limits.MAX_INFERENCE_STEPS} |",
        f"| `num_images` | 1 | 1 to {limits.MAX_IMAGES} |",
        f"| `seed` | chosen for you | 0 to {limits.MAX_SEED};",
    ):
        assert row in text


def test_targets_and_verbs_of_the_readme_exist() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert set(re.findall(r"`?make ([a-z]+)`", text)) <= set(targets)
    verbs = {verb.name for verb in VERBS}
    assert set(re.findall(r"genai-templates ([a-z]+)`", text)) <= verbs


def aws_commands(path: Path) -> Iterator[tuple[str, str, set[str]]]:
    """Yield service, command and flags of every call of the AWS command line."""
    text = path.read_text("utf-8").replace("\\\n", " ")
    for call in re.findall(r"^ *aws .+$|`aws [^`]+`", text, re.MULTILINE):
        words = call.strip(" `").split()
        yield words[1], words[2], {word[2:].partition("=")[0] for word in words[3:] if word.startswith("--")}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_commands_of_aws_exist_with_their_flags(path: Path) -> None:
    for service, command, flags in aws_commands(path):
        assert flags <= flags_of(service, command), f"aws {service} {command}"


@pytest.mark.parametrize("path", PICTURES, ids=lambda path: path.name)
def test_a_picture_can_be_read_by_those_who_do_not_see_it(path: Path) -> None:
    picture = ElementTree.parse(path).getroot()
    assert picture.get("role") == "img"
    for part in ("title", "desc"):
        element = picture.find(f"{SVG}{part}")
        assert element is not None
        assert element.text
        assert element.get("id") in (picture.get("aria-labelledby") or "").split()
    assert "prefers-color-scheme: dark" in (picture.findtext(f"{SVG}style") or "")
