"""What a stack was deployed with is what it is deployed with again, unless something else is given."""

from __future__ import annotations

import json
from contextlib import ExitStack
from typing import Any

import pytest

from genai_templates.aws.choices import with_choices
from genai_templates.cli.arguments import parse
from genai_templates.cli.kept_choices import chosen, with_kept_choices
from genai_templates.cli.options import read_options
from genai_templates.options import Hosting
from tests.unit.aws.stubbed_account import StubbedAccount

_TEMPLATE = b'{"Metadata": {"Other": 1}, "Resources": {}}'
_MODEL = "huggingface-llm-falcon-7b-instruct-bf16"
_BEFORE: dict[str, Any] = {
    "hosting": "native",
    "fallback_instance_types": ["ml.g5.4xlarge", "ml.g5.8xlarge"],
    "accept_license": True,
    "model": _MODEL,
}


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> StubbedAccount:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    return StubbedAccount(ExitStack())


def expect_template(account: StubbedAccount, template: bytes) -> None:
    account.expect("cloudformation", "get_template", {"TemplateBody": template.decode()}, StackName="genai-text")


def test_what_is_not_given_is_as_it_was_and_it_is_said_how(account: StubbedAccount) -> None:
    lines: list[str] = []
    expect_template(account, with_choices(_TEMPLATE, "text", _BEFORE))
    arguments = with_kept_choices(
        parse(["deploy", "text", "--instance-type", "ml.g5.4xlarge"]), account, "text", lines.append
    )
    options = read_options(arguments)
    assert (options["hosting"], options["instance_type"]) == (Hosting.NATIVE, "ml.g5.4xlarge")
    assert options["fallback_instance_types"] == ("ml.g5.4xlarge", "ml.g5.8xlarge")
    assert chosen(arguments, "text") == {**_BEFORE, "instance_type": "ml.g5.4xlarge"}
    assert lines == [
        "as the stack was deployed before: --accept-license --fallback-instance-type ml.g5.4xlarge "
        f"--fallback-instance-type ml.g5.8xlarge --hosting native --model {_MODEL} "
        "('--reset-options' takes the defaults)"
    ]


@pytest.mark.parametrize("given", [["--hosting", "existing"], ["--reset-options"]])
def test_what_is_given_counts_more(account: StubbedAccount, given: list[str]) -> None:
    if "--reset-options" not in given:
        expect_template(account, with_choices(_TEMPLATE, "text", {"hosting": "native"}))
    arguments = with_kept_choices(parse(["deploy", "text", *given]), account, "text", pytest.fail)
    assert chosen(arguments, "text") == ({"hosting": "existing"} if "existing" in given else {})


@pytest.mark.parametrize(
    "template",
    [_TEMPLATE, b"Resources: {}", with_choices(_TEMPLATE, "image", {"hosting": "native"})],
    ids=["of the console", "YAML", "of another application"],
)
def test_a_template_without_choices_chooses_nothing(account: StubbedAccount, template: bytes) -> None:
    expect_template(account, template)
    assert chosen(with_kept_choices(parse(["preflight", "text"]), account, "text", pytest.fail), "text") == {}


def test_a_stack_that_is_not_there_or_not_to_be_seen_has_no_choices(account: StubbedAccount) -> None:
    lines: list[str] = []
    account.refuse("cloudformation", "get_template", "ValidationError", "Stack with id genai-text does not exist")
    account.refuse("cloudformation", "get_template", "AccessDenied", "not authorized")
    for _ in range(2):
        assert chosen(with_kept_choices(parse(["deploy", "text"]), account, "text", lines.append), "text") == {}
    (line,) = lines
    assert line.startswith("not known what the stack was deployed with: access denied")


def test_the_rest_of_a_template_stays_and_without_choices_every_byte() -> None:
    assert with_choices(_TEMPLATE, "text", {}) == _TEMPLATE
    made = json.loads(with_choices(_TEMPLATE, "text", {"hosting": "native"}))
    assert made["Metadata"]["Other"] == 1
    assert made["Resources"] == {}
