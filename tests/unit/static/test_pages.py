"""The two pages are built alike, have no numbers of the API of their own, and call the paths that it has."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from genai_templates import ImageStack, TextStack
from genai_templates.limits import REQUEST_LIMITS
from genai_templates.sources import static_root
from tests.glossary import words_of, words_to_avoid

_STATIC = static_root()
_APPS = ("text", "image")
_CORE_FILES = {"app.js", "form.js", "history.js", "index.html", "send.js", "state.js", "style.css", "view.js"}
_MAX_LINES_OF_FILE = 300
_FILES = sorted(path for path in _STATIC.rglob("*.*") if path.is_file())
# Attributes of a field that say what the API takes; the slider's own steps and its lowest position are the page's.
_LIMIT_ATTRIBUTES = {"max", "maxlength", "minlength", "value"}
_OWN_LIMIT_FIELDS = {"work"}  # a share of one
_STATE = """const {{ page }} = await import({pages});
console.log(JSON.stringify((await page({module})).{name}));"""
# Besides the words of the glossary, which all code avoids.
_OWN_GLOSSARY = {
    "arrange": "reorderChildren",
    "composer": "form",
    "drawing": "icon",
    "mark": "select",
    "picture": "image",
    "sameAgain": "withSeed",
    "stage": "view",
}
_STACKS = {"text": TextStack, "image": ImageStack}


def _exported(module: str, name: str) -> Any:
    """Return what a module of a page exports under this name."""
    pages = json.dumps((Path(__file__).parent / "pages.mjs").as_uri())
    script = _STATE.format(pages=pages, module=json.dumps(module), name=name)
    command = ["node", "--input-type=module", "--eval", script]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def _code(path: Path) -> str:
    """Return a module without its comments."""
    return re.sub(r"/\*.*?\*/|(?<!:)//[^\n]*", "", path.read_text("utf-8"), flags=re.DOTALL)


@pytest.mark.parametrize("app", _APPS)
def test_who_knows_one_page_finds_the_same_files_in_the_other(app: str) -> None:
    assert {path.name for path in (_STATIC / app).iterdir()} >= _CORE_FILES


@pytest.mark.parametrize("path", _FILES, ids=lambda path: path.relative_to(_STATIC).as_posix())
def test_a_file_can_be_read_without_losing_the_thread(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= _MAX_LINES_OF_FILE


@pytest.mark.parametrize("path", _FILES, ids=lambda path: path.relative_to(_STATIC).as_posix())
def test_names_are_the_fields_words(path: Path) -> None:
    code = _code(path)
    if path.suffix == ".js":
        code = re.sub(r'"[^"\n]*"', "", code)
    if path.suffix == ".html":
        code = " ".join(re.findall(r'(?:id|class|name)="([^"]*)"', code))
    used = set(re.findall(r"\b[A-Za-z]+\b", code))
    assert not {name: better for name, better in _OWN_GLOSSARY.items() if name in used}
    avoided = words_to_avoid()
    assert not {name for name in used if words_of(name) & avoided.keys()}


@pytest.mark.parametrize("app", _APPS)
def test_no_script_has_a_limit_of_the_api(app: str) -> None:
    limits = REQUEST_LIMITS[app]
    # Smaller numbers mean many things; these mean one.
    numbers = {float(limit) for limit in limits.values() if limit > 200}
    assert numbers
    for path in [*(_STATIC / app).glob("*.js"), *(_STATIC / "shared").glob("*.js")]:
        code = re.sub(r"\b(timeoutSeconds: \[[^]]*\])", "", _code(path))  # the setting's own range
        literals = {float(each.replace("_", "")) for each in re.findall(r"(?<![\w.])\d[\d_]*(?:\.\d+)?", code)}
        assert not literals & numbers, path
        assert not re.search(rf"\b({'|'.join(limits)})\b\s*[:=]\s*[\d.]", code), path


class _Fields(HTMLParser):
    """The fields and the texts of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.attributes: list[tuple[str, str, str]] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in ("input", "textarea", "meter") and given.get("type") != "radio":
            self.attributes += [(given.get("id", ""), name, value) for name, value in given.items()]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def _numbers_in(page: _Fields) -> Iterator[str]:
    for field, name, value in page.attributes:
        if name in _LIMIT_ATTRIBUTES and field not in _OWN_LIMIT_FIELDS:
            yield from re.findall(r"\d+", value)


@pytest.mark.parametrize("app", _APPS)
def test_no_page_has_a_limit_of_the_api(app: str) -> None:
    page = _Fields()
    page.feed((_STATIC / app / "index.html").read_text("utf-8"))
    assert list(_numbers_in(page)) == []
    numbers = {f"{limit:,}" for limit in REQUEST_LIMITS[app].values() if limit > 200}
    for text in page.texts:
        if "\N{MULTIPLICATION SIGN}" in text or "trained on" in text:  # sizes to choose, and those of the training
            continue
        assert not numbers & set(re.findall(r"\d[\d,.]*\d", text)), text
        assert not re.search(r"\d (characters|tokens|steps)\b", text), text


@pytest.mark.parametrize("app", _APPS)
def test_a_page_calls_the_paths_that_its_api_has(app: str) -> None:
    paths = {*_exported(f"{app}/send.js", "PATHS").values(), _exported("shared/readiness.js", "STATUS_PATH")}
    template = json.loads(_STACKS[app]().to_json())
    assert paths == set(template["Resources"]["ApiGateway"]["Properties"]["Body"]["paths"])


@pytest.mark.parametrize("path", _FILES, ids=lambda path: path.relative_to(_STATIC).as_posix())
def test_no_call_names_a_path_itself(path: Path) -> None:
    if path.suffix == ".js":
        assert not re.search(r"\bcall\(config, [\"'`]", path.read_text("utf-8"))
