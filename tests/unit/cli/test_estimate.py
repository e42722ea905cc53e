"""``genai-templates estimate``: what it prints, and its exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from genai_templates.cli import main


def _printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["estimate", *arguments]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    return captured.out


def test_region_and_month_of_the_prices_come_first_then_what_is_idle(capsys: pytest.CaptureFixture[str]) -> None:
    lines = _printed(capsys, "text").splitlines()
    assert lines[0] == "text: huggingface-llm-falcon-7b-instruct-bf16"
    assert lines[1].startswith("prices of us-east-1, 20")
    assert lines[3].split() == ["idle", "an", "hour", "a", "month"]
    assert lines[4].split() == ["endpoint,", "1", "x", "ml.g5.2xlarge", "1.5150", "1,105.95"]
    assert lines[-1].startswith("total ")


def test_traffic_adds_what_it_costs_and_what_people_wait(capsys: pytest.CaptureFixture[str]) -> None:
    output = _printed(capsys, "text", "--requests-per-hour", "1200")
    assert output.index("idle") < output.index("1,200 requests an hour") < output.index("instances")
    rows = [line.split() for line in output.splitlines() if line[:1].isdigit() and " s " in line]
    assert [row[0] for row in rows] == ["1", "2", "3", "4", "8"]
    assert "20,000 requests at random times (seed 1)" in output
    assert "A try ends after 29 s, and the request is refused." in output
    assert "nothing scales it" in output
    assert max(map(len, output.splitlines())) <= 110


def test_all_applications_are_estimated_when_none_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    output = _printed(capsys, "--requests-per-hour", "60")
    assert output.startswith("text: ")
    assert "\n\nimage: " in output
    assert "the next comes 60 s and 120 s later, and then the request is refused" in output


def test_a_model_chooses_its_application(capsys: pytest.CaptureFixture[str]) -> None:
    output = _printed(capsys, "--model", "huggingface-llm-falcon-40b-instruct-bf16")
    assert output.startswith("text: huggingface-llm-falcon-40b-instruct-bf16\n")
    assert "ml.g5.48xlarge" in output
    assert "image" not in output


def test_what_is_not_known_is_said_and_sums_are_the_least(capsys: pytest.CaptureFixture[str]) -> None:
    output = _printed(capsys, "image", "--region", "eu-west-1", "--requests-per-hour", "10")
    assert "endpoint, 1 x ml.g5.2xlarge    not known  not known" in output
    assert output.count("total, at least") == 2
    assert "at least " in output.splitlines()[-10]


def test_more_than_the_api_lets_through_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    output = _printed(capsys, "text", "--requests-per-hour", "72000")
    assert "20.0 API requests a second; ThrottleRate lets 10 through" in output


def test_options_of_the_stack_count(capsys: pytest.CaptureFixture[str]) -> None:
    private = _printed(capsys, "text", "--function-network", "private", "--instance-type", "ml.g5.4xlarge")
    assert "interface endpoints, 6" in private
    assert "ml.g5.4xlarge" in private
    existing = _printed(capsys, "text", "--hosting", "existing", "--requests-per-hour", "1")
    assert "The endpoint is not the stack's" in existing


def test_what_protects_a_stack_is_counted(capsys: pytest.CaptureFixture[str]) -> None:
    flags = ("--firewall", "count", "--encryption", "customer-key", "--image-moderation", "--requests-per-hour", "9")
    text, image = _printed(capsys, *flags).split("\n\nimage: ")
    for line in ("web ACLs, 2", "\nkey ", "\nsecret "):
        assert line in text
        assert line in image
    assert "Rekognition" in image
    assert "Rekognition" not in text


def test_json_is_one_object_a_line_and_the_same_for_the_same_seed(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ("--json", "--requests-per-hour", "100", "--seed", "5", "--seconds", "3")
    output = _printed(capsys, *arguments)
    text, image = map(json.loads, output.splitlines())
    assert (text["app"], image["app"], text["seed"], text["model_seconds"]) == ("text", "image", 5, 3)
    assert text["region"] == "us-east-1"
    assert [row["instances"] for row in image["instances"]] == [1, 2, 3, 4, 8]
    assert text["not_known"] == []
    assert _printed(capsys, *arguments) == output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["text", "--requests-per-hour", "nan"],
            "nan requests an hour cannot be estimated; give 0, or 0.001 to 1,000,000",
        ),
        (["text", "--requests-per-hour", "-1"], "-1 requests an hour cannot be estimated"),
        (["text", "--requests-per-hour", "1e99"], "1e+99 requests an hour cannot be estimated"),
        (["text", "--region", "ap-south-1"], "choose one of us-east-1, us-west-2, eu-west-1"),
        (["--model", "gpt-9"], "'gpt-9' is not a model of the catalogue; choose one of"),
        (["image", "--model", "huggingface-llm-mistral-7b-instruct"], "is not a model of the image application"),
        (["text", "--instance-type", "ml.t3.nano"], "does not run on ml.t3.nano"),
    ],
)
def test_wrong_usage_is_one_line_and_exit_code_2(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["estimate", *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("genai-templates: ")
    assert message in captured.err
    assert captured.err.count("\n") == 1


def test_the_documentation_shows_what_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    page = (Path(__file__).parents[3] / "docs" / "deploy.md").read_text("utf-8")
    assert _printed(capsys, "image", "--requests-per-hour", "400") in page
