"""A template with errors is refused before a change set is made of it, and checked once for the same content."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from genai_templates import TextStack
from genai_templates.errors import EmulatedStackFailed
from genai_templates.local.template_check import check_template
from genai_templates.packaging import lint
from genai_templates.packaging.lint import DEFAULT_REGIONS, lint_templates

QUEUE = {"Type": "AWS::SQS::Queue"}
ROLE_ARN = "arn:aws:iam::111122223333:role/notebook"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder that has kept nothing yet."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "genai-templates" / "lint"


def template(**resources: dict[str, Any]) -> str:
    return json.dumps({"Resources": resources})


def queue(**properties: object) -> dict[str, Any]:
    return {**QUEUE, "Properties": properties}


def notebook(**properties: object) -> dict[str, Any]:
    base = {"InstanceType": "ml.t3.medium", "RoleArn": ROLE_ARN}
    return {"Type": "AWS::SageMaker::NotebookInstance", "Properties": {**base, **properties}}


def lifecycle(content: str) -> dict[str, Any]:
    properties = {"OnCreate": [{"Content": content}]}
    return {"Type": "AWS::SageMaker::NotebookInstanceLifecycleConfig", "Properties": properties}


def forbid_linting(monkeypatch: pytest.MonkeyPatch) -> None:
    def lint_again(*_: object) -> None:
        raise AssertionError("this content was linted before")

    monkeypatch.setattr(lint, "_lint", lint_again)


@pytest.mark.parametrize(
    ("resource", "reason"),
    [
        ({"Type": "AWS::Bogus::Thing"}, r"Resources/Thing/Type: .*AWS::Bogus::Thing.* \(E3006\)"),
        (notebook(Bogus=1), r"Resources/Thing/Properties/Bogus: .*Bogus.* \(E3002\)"),
        ({"Type": "AWS::SageMaker::NotebookInstance", "Properties": {"RoleArn": ROLE_ARN}}, r"'InstanceType' is a req"),
        (notebook(NotebookInstanceName="a_b"), r"NotebookInstanceName: 'a_b' does not match .* \(E3031\)"),
        (lifecycle("a" * 16_385), r"Content: 'aaaa.* longer than 16384 \(E3033\)"),
        (queue(QueueName={"Ref": "Typo"}), r"QueueName/Ref: 'Typo' is not one of .* \(E1020\)"),
        (queue(QueueName={"Fn::Sub": "${Typo.Arn}"}), r"QueueName/Fn::Sub: 'Typo' is not one of .* \(E1019\)"),
        (queue(QueueName={"Fn::GetAtt": ["Queue", "Arm"]}), r"Fn::GetAtt/1: 'Arm' is not one of .* \(E1010\)"),
        ({**QUEUE, "Condition": "Typo"}, r"Resources/Thing/Condition: 'Typo' is not one of .* \(E3015\)"),
    ],
    ids=["type", "property", "required", "pattern", "length", "reference", "substitution", "attribute", "condition"],
)
def test_an_error_is_named_by_its_place_and_rule(resource: dict[str, Any], reason: str) -> None:
    text = template(Thing=resource, Queue=QUEUE)
    with pytest.raises(EmulatedStackFailed, match=r"^small: no change set .*\n.*" + reason) as refused:
        check_template("small", text, text)
    assert max(map(len, str(refused.value).splitlines())) < 400


def test_what_is_no_error_is_let_pass(tmp_path: Path) -> None:
    text = json.dumps({"Parameters": {"Unused": {"Type": "String"}}, "Resources": {"Queue": QUEUE}})
    assert lint_templates({"it": text}, cache_dir=tmp_path / "other") != ()
    check_template("small", text, text)


def test_an_error_that_the_template_asks_to_ignore_is_let_pass() -> None:
    ignored = {"cfn-lint": {"config": {"ignore_checks": ["E3002"]}}}
    text = json.dumps({"Metadata": ignored, "Resources": {"Queue": queue(Bogus=1)}})
    check_template("small", text, text)


def test_what_other_regions_lack_is_let_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    def lint_regions(_: str, regions: tuple[str, ...]) -> list[object]:
        return [(1, "", "E3006", "it does not exist in 'eu-west-1'")] if "eu-west-1" in regions else []

    monkeypatch.setattr(lint, "_lint", lint_regions)
    check_template("small", "{}", "{}")


def test_the_same_content_is_checked_once(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = template(Queue=QUEUE)
    check_template("small", text, text)
    assert list(cache.glob("*.json"))
    forbid_linting(monkeypatch)
    check_template("small", text, text)


def test_a_template_that_the_build_has_linted_is_not_linted_again(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "build" / "templates" / "small.template.json"
    path.parent.mkdir(parents=True)
    path.write_text(text := template(Queue=QUEUE))
    (tmp_path / "build" / "manifest.json").write_text("{}")
    lint_templates({"it": text}, regions=DEFAULT_REGIONS, cache_dir=tmp_path / "build" / ".cache" / "lint")
    forbid_linting(monkeypatch)
    check_template("small", text, path)
    assert not cache.exists()


def test_a_cache_that_cannot_be_written_costs_no_more_than_time(cache: Path) -> None:
    cache.parent.parent.mkdir(exist_ok=True)
    cache.parent.write_text("a file in the place of the folder")
    text = template(Queue=QUEUE)
    check_template("small", text, text)


def test_the_templates_of_the_library_pass() -> None:
    text = TextStack().to_json()
    check_template("text", text, text)
