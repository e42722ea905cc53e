from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from genai_templates.errors import InvalidOption, LintError, LintFindings
from genai_templates.packaging import lint
from genai_templates.packaging.lint import Finding, lint_templates

_GOOD = json.dumps({"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}, indent=1)
_BAD = json.dumps({"Resources": {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"Nope": 1}}}}, indent=1)


def _lint(text: str, cache_dir: Path, **more: list[str]) -> tuple[Finding, ...]:
    return lint_templates({"a.json": text}, cache_dir=cache_dir, **more)


def test_a_good_template_has_no_finding(tmp_path: Path) -> None:
    assert _lint(_GOOD, tmp_path) == ()


def test_a_finding_says_file_line_path_rule_and_message(tmp_path: Path) -> None:
    [finding] = _lint(_BAD, tmp_path)
    assert str(finding).startswith("a.json:6: Resources/Topic/Properties/Nope: E3002: Additional properties")


@pytest.mark.parametrize(
    ("template", "rule"),
    [
        ({"Parameters": {"Unused": {"Type": "String"}}, "Resources": {"T": {"Type": "AWS::SNS::Topic"}}}, "W2001"),
        (
            {
                "Resources": {
                    "A": {"Type": "AWS::SNS::Topic"},
                    "B": {
                        "Type": "AWS::SNS::Topic",
                        "DependsOn": "A",
                        "Properties": {"TopicName": {"Fn::Sub": "${A}"}},
                    },
                }
            },
            "W3005",
        ),
        ({"Resources": {"L": {"Type": "AWS::Logs::LogGroup", "DeletionPolicy": "Delete"}}}, "I3011"),
    ],
)
def test_warnings_and_information_are_findings_too(template: dict[str, object], rule: str, tmp_path: Path) -> None:
    assert rule in {finding.rule for finding in _lint(json.dumps(template), tmp_path)}


def test_what_is_no_template_is_a_finding(tmp_path: Path) -> None:
    assert [finding.rule for finding in _lint("{", tmp_path)] == ["E0000"]


def test_regions_matter_and_an_unknown_one_is_refused(tmp_path: Path) -> None:
    text = json.dumps({"Resources": {"D": {"Type": "AWS::CloudFront::Function"}}})
    rules = {finding.rule for finding in _lint(text, tmp_path, regions=["us-gov-west-1"])}
    assert "E3006" in rules
    assert "E3006" not in {finding.rule for finding in _lint(text, tmp_path)}
    with pytest.raises(InvalidOption, match="xx-nowhere-1 is not one of cfn-lint's regions"):
        _lint(_GOOD, tmp_path, regions=["xx-nowhere-1"])


def test_a_verdict_is_kept_and_taken_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    findings = _lint(_BAD, tmp_path)

    def must_not_run(_text: str, _regions: tuple[str, ...]) -> list[object]:
        raise AssertionError("linted twice")

    monkeypatch.setattr(lint, "_lint", must_not_run)
    assert _lint(_BAD, tmp_path, regions=["eu-west-1", "us-west-2", "us-east-1"]) == findings


@pytest.mark.parametrize("change", ["day", "version", "regions", "template", "damage"])
def test_a_verdict_is_not_taken_for_anything_else(change: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _lint(_GOOD, tmp_path)
    monkeypatch.setattr(lint, "_lint", lambda _text, _regions: [(1, "", "E1", "linted again")])
    if change == "day":
        monkeypatch.setattr(lint, "today", lambda: "2100-01-01")
    if change == "version":
        monkeypatch.setattr(lint, "lint_version", lambda: "99")
    if change == "damage":
        [path.write_text("[[]") for path in tmp_path.iterdir()]
    regions = {"regions": ["us-east-1"]} if change == "regions" else {}
    text = _GOOD + "\n" if change == "template" else _GOOD
    assert [finding.message for finding in _lint(text, tmp_path, **regions)] == ["linted again"]


def test_verdicts_of_other_days_are_removed(tmp_path: Path) -> None:
    (tmp_path / "2020-01-01-abc.json").write_text("[]")
    _lint(_GOOD, tmp_path)
    assert not (tmp_path / "2020-01-01-abc.json").exists()


def test_configuration_of_the_working_directory_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".cfnlintrc").write_text("ignore_checks: [E]\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert len(_lint(_BAD, tmp_path / "kept")) == 1


def test_without_cfn_lint_the_message_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def missing(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(lint, "version", missing)
    with pytest.raises(LintError, match=r"pip install 'genai-templates\[lint\]'"):
        _lint(_GOOD, tmp_path)


def test_findings_are_counted_in_the_error() -> None:
    finding = Finding("a.json", 1, "", "E1", "wrong")
    assert str(LintFindings((finding,))).startswith("cfn-lint has 1 finding;")
    assert str(LintFindings((finding, finding))).startswith("cfn-lint has 2 findings;")
    assert str(finding) == "a.json:1: template: E1: wrong"


def test_the_module_is_light_until_there_is_something_to_lint() -> None:
    code = "import sys, genai_templates.packaging.lint; sys.exit('cfnlint' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
