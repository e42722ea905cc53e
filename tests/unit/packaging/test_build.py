from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from genai_templates.apps import APPS, App
from genai_templates.catalog import FALCON_7B_INSTRUCT
from genai_templates.errors import LintFindings, PackagingError
from genai_templates.limits import TEMPLATE_UPLOADED
from genai_templates.options import Architecture, ArtifactKeys, InlineArtifacts
from genai_templates.packaging import artifacts, build, incremental, site
from genai_templates.packaging.archive import Member
from genai_templates.packaging.build import BuildResult
from genai_templates.packaging.request import BuildRequest

_TEXT_ONLY = BuildRequest(apps=("text",))


class FakeStack:
    """A stack with one resource, and the artifacts' keys where a template has them."""

    properties: dict[str, object]

    def __init__(self, _app: str, _request: BuildRequest, keys: ArtifactKeys | InlineArtifacts) -> None:
        self.keys = keys.keys if isinstance(keys, InlineArtifacts) else keys
        self.properties = {}

    def to_json(self) -> str:
        resources = {"Topic": {"Type": "AWS::SNS::Topic", "Properties": self.properties}}
        return json.dumps({"Description": self.keys.handlers, "Resources": resources}, indent=2) + "\n"

    def openapi(self) -> dict[str, object]:
        return {"openapi": "3.0.1"}


class SpeechStack(FakeStack):
    """A third application's stack."""

    def __init__(self, *, model: str, artifacts: ArtifactKeys) -> None:
        assert model == FALCON_7B_INSTRUCT
        super().__init__("", BuildRequest(), artifacts)


_REAL_MAKE_STACK = build.make_stack


class OversizedStack(FakeStack):
    """A stack whose template is too large once it holds its artifacts."""

    def __init__(self, app: str, request: BuildRequest, keys: ArtifactKeys | InlineArtifacts) -> None:
        super().__init__(app, request, keys)
        if isinstance(keys, InlineArtifacts):
            self.properties = {"DisplayName": "x" * TEMPLATE_UPLOADED.value}


class BrokenStack(FakeStack):
    """A stack whose template cfn-lint does not like."""

    def to_json(self) -> str:
        self.properties = {"Nope": True}
        return super().to_json()


@pytest.fixture
def project(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A project with small handlers and pages, the fake stack, and no Pillow."""
    files = {"library/a.py": "", "handlers/__init__.py": "", "static/shared/base.css": "b{}"}
    files |= {f"handlers/{name}/__init__.py": name for name in ("common", "jobs", "text", "image", "custom_resources")}
    files |= {f"static/{app}/index.html": '<script src="assets/app.js">' for app in ("text", "image")}
    files |= {f"static/{app}/app.js": app for app in ("text", "image")}
    for path, content in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(content)
    for module in (artifacts, incremental):
        monkeypatch.setattr(module, "handlers_root", lambda: tmp_path / "handlers")
    for module in (site, incremental):
        monkeypatch.setattr(module, "static_root", lambda: tmp_path / "static")
    monkeypatch.setattr(incremental, "library_root", lambda: tmp_path / "library")
    monkeypatch.setitem(artifacts.WHEELS, "pillow", lambda _architecture: {"PIL/__init__.py": Member.stored(b"")})
    monkeypatch.setattr(build, "make_stack", FakeStack)
    return tmp_path


def _build(project: Path, request: BuildRequest | None = None) -> BuildResult:
    return build.build(project / "build", request or BuildRequest(), lambda _step: None)


def _files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".cache" not in path.parts
    }


def test_it_leaves_exactly_what_the_manifest_names(project: Path) -> None:
    result = _build(project)
    manifest = json.loads((project / "build" / "manifest.json").read_text())
    assert manifest == result.manifest
    named = {"manifest.json"}
    for entry in manifest["stacks"].values():
        named |= {file["path"] for file in (entry["template"], entry["openapi"], *entry["artifacts"])}
    assert set(_files(project / "build")) == named
    assert len(named) == 9


def test_the_template_has_the_keys_of_the_artifacts(project: Path) -> None:
    entry = _build(project).manifest["stacks"]["text"]
    template = json.loads((project / "build" / entry["template"]["path"]).read_text())
    assert template["Description"] == entry["artifacts"][0]["key"]


def test_a_second_build_with_nothing_changed_does_nothing(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = _build(project)

    def must_not_run(*_arguments: object) -> FakeStack:
        raise AssertionError("built again")

    monkeypatch.setattr(build, "make_stack", must_not_run)
    second = _build(project)
    assert (first.unchanged, second.unchanged) == (False, True)
    assert first.manifest == second.manifest


def test_a_changed_handler_gives_new_artifacts_and_removes_the_old(project: Path) -> None:
    _build(project)
    before = _files(project / "build")
    (project / "handlers" / "text" / "__init__.py").write_text("changed")
    _build(project)
    after = _files(project / "build")
    replaced = {path for path in before if path not in after}
    assert [path.rsplit("-", 1)[0] for path in replaced] == ["artifacts/genai-templates/text/handlers"]
    assert len(after) == len(before)


def test_building_one_stack_removes_the_other(project: Path) -> None:
    _build(project)
    _build(project, _TEXT_ONLY)
    assert not [path for path in _files(project / "build") if "image" in path]


def test_an_output_that_was_edited_is_mended(project: Path) -> None:
    _build(project)
    template = project / "build" / "templates" / "text.template.json"
    good = template.read_text()
    template.write_text("edited")
    assert not _build(project).unchanged
    assert template.read_text() == good


def test_a_file_of_somebody_else_stays(project: Path) -> None:
    (project / "build").mkdir()
    (project / "build" / "notes.txt").write_text("mine")
    _build(project)
    assert (project / "build" / "notes.txt").read_text() == "mine"


def _lint_fails(project: Path, monkeypatch: pytest.MonkeyPatch) -> type[Exception]:
    monkeypatch.setattr(build, "make_stack", BrokenStack)
    (project / "library" / "a.py").write_text("changed")
    return LintFindings


def _page_is_missing(project: Path, monkeypatch: pytest.MonkeyPatch) -> type[Exception]:
    (project / "static" / "image" / "index.html").unlink()
    return PackagingError


@pytest.mark.parametrize("break_it", [_lint_fails, _page_is_missing])
def test_a_build_that_fails_leaves_the_last_one(
    break_it: Callable[[Path, pytest.MonkeyPatch], type[Exception]], project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _build(project)
    before = _files(project / "build")
    with pytest.raises(break_it(project, monkeypatch)):
        _build(project)
    assert _files(project / "build") == before


def test_a_template_with_findings_can_be_read_where_they_say(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "make_stack", BrokenStack)
    with pytest.raises(LintFindings, match="cfn-lint has 1 finding") as caught:
        _build(project, _TEXT_ONLY)
    finding: Any = caught.value.findings[0]
    assert '"Nope"' in Path(finding.file).read_text().splitlines()[finding.line - 1]
    monkeypatch.setattr(build, "make_stack", FakeStack)
    _build(project, _TEXT_ONLY)
    assert not Path(finding.file).exists()


def test_without_regions_nothing_is_linted(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "make_stack", BrokenStack)
    assert _build(project, BuildRequest(regions=())).manifest["stacks"]


def test_a_third_application_is_one_object_more(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its handlers, its page and its stack are new files; what is there is not touched."""
    files = {"handlers/speech/a.py": "speech", "static/speech/index.html": '<script src="assets/a.js">'}
    for path, content in files.items():
        (project / path).parent.mkdir()
        (project / path).write_text(content)
    (project / "static/speech/a.js").write_text("")
    speech = App("speech", FALCON_7B_INSTRUCT, lambda: cast(Any, SpeechStack), ("common", "speech"))
    monkeypatch.setitem(APPS, "speech", speech)
    monkeypatch.setattr(build, "make_stack", _REAL_MAKE_STACK)
    monkeypatch.setattr("genai_templates.packaging.request.StackOptions", lambda **_: None)
    result = _build(project, BuildRequest(apps=("speech",)))
    assert list(result.manifest["stacks"]) == ["speech"]
    keys = [artifact["key"] for artifact in result.manifest["stacks"]["speech"]["artifacts"]]
    assert keys[0].startswith("genai-templates/speech/handlers-")
    assert keys[0] in (project / "build/templates/speech.template.json").read_text()


def test_only_the_image_handlers_have_pillow_and_nothing_has_the_library(project: Path) -> None:
    made = {app.name: artifacts.make_artifacts(app, Architecture.X86_64) for app in APPS.values()}
    assert b"PIL/__init__.py" in made["image"].handlers.content
    assert b"PIL/__init__.py" not in made["text"].handlers.content
    assert b"handlers/image" not in made["text"].handlers.content
    assert b"site/index.html" in made["text"].custom_resources.content
    assert b"site/" not in made["text"].handlers.content


_SINGLE_FILE = BuildRequest(single_file=True)


def test_templates_that_hold_their_artifacts_are_made_where_they_are_requested_and_go_where_they_are_not(
    project: Path,
) -> None:
    ordinary = _build(project)
    assert "single_file" not in ordinary.manifest["stacks"]["text"]
    before = _files(project / "build")
    _build(project, _SINGLE_FILE)
    added = {path: content for path, content in _files(project / "build").items() if path not in before}
    assert list(added) == ["console/image.template.json", "console/text.template.json"]
    assert not _build(project).unchanged
    assert _files(project / "build") == before


def test_the_manifest_names_them_and_a_second_build_does_nothing(project: Path) -> None:
    entry = _build(project, _SINGLE_FILE).manifest["stacks"]["text"]["single_file"]
    content = _files(project / "build")[entry["path"]]
    assert (entry["bytes"], entry["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
    assert _build(project, _SINGLE_FILE).unchanged


def test_they_have_keys_of_their_own_where_wheels_are_left_out(project: Path) -> None:
    _build(project, _SINGLE_FILE)
    files = _files(project / "build")
    for app, differ in (("text", False), ("image", True)):
        keys = [json.loads(files[f"{kind}/{app}.template.json"])["Description"] for kind in ("templates", "console")]
        assert (keys[0] != keys[1]) == differ


def test_a_template_that_cloudformation_would_not_take_is_refused(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "make_stack", OversizedStack)
    _build(project, BuildRequest(regions=()))
    with pytest.raises(PackagingError, match=r"console/text.template.json would have 1,\d+,\d+ bytes; .* 1,048,576"):
        _build(project, BuildRequest(regions=(), single_file=True))


def test_they_are_linted_too(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "make_stack", BrokenStack)
    with pytest.raises(LintFindings) as caught:
        _build(project, BuildRequest(apps=("text",), single_file=True))
    folders = {Path(finding.file).parent.name for finding in caught.value.findings}  # type: ignore[attr-defined]
    assert folders == {"templates", "console"}
