"""``genai-templates models``: what there is to know before one chooses."""

from __future__ import annotations

import json
from typing import Any

import pytest

from genai_templates.bedrock_catalog import bedrock_models
from genai_templates.catalog import models
from genai_templates.cli import main
from genai_templates.costs.prices import Prices

FALCON = "huggingface-llm-falcon-7b-instruct-bf16"
QWEN = "huggingface-reasoning-qwen3-4b"


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["models", *arguments]) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("columns", ["70", "80", "110", "300"])
def test_the_table_fits_the_terminal_and_is_never_wider_than_110_columns(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, columns: str
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    lines = [line for line in printed(capsys).splitlines() if "https://" not in line]
    assert max(map(len, lines)) <= min(int(columns), 110)


def test_each_model_stands_on_a_line_of_its_own_to_be_copied(capsys: pytest.CaptureFixture[str]) -> None:
    first_words = [line.split(" ")[0] for line in printed(capsys).splitlines() if line]
    known = [*models(), *bedrock_models()]
    assert [word for word in first_words if word in known] == known


def test_a_model_says_what_it_is_and_costs_and_whether_to_choose_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "110")
    out = printed(capsys)
    sentences = " ".join(out.split())
    assert f"{FALCON} (default)\n  text    Apache-2.0     ml.g5.2xlarge 1.515, ml.g5.4xlarge 2.03," in out
    assert "scale-to-zero" in out
    assert f"{QWEN} (recommended)" in out
    assert "Container archived. Its container, Text Generation Inference," in sentences
    assert f"Choose {QWEN}." in sentences
    assert "ml.g5.16xlarge ?" in out
    assert "List prices of us-east-1, 2026-11; ?: not known." in sentences
    assert "give --accept-license." in sentences


def test_prices_are_those_of_the_region(capsys: pytest.CaptureFixture[str]) -> None:
    out = printed(capsys, "--region", "us-west-2")
    assert "List prices of us-west-2" in out
    assert "ml.g5.xlarge ?" in out


def test_the_list_for_programs_has_every_model_and_figure(capsys: pytest.CaptureFixture[str]) -> None:
    found: list[dict[str, Any]] = json.loads(printed(capsys, "--json"))
    assert [each["model_id"] for each in found] == [*models(), *bedrock_models()]
    assert len({tuple(each) for each in found}) == 1
    falcon = found[0]
    assert (falcon["default"], falcon["recommended"], falcon["task"]) == (True, False, "text")
    price = Prices("us-east-1").find("hosting/ml.g5.2xlarge")
    assert falcon["instance_types"][0] == {"instance_type": "ml.g5.2xlarge", "usd_an_hour": price}
    assert falcon["hostings"] == ["notebook", "existing", "native", "scale-to-zero"]
    assert falcon["lifecycle"]["state"] == "container-archived"
    assert falcon["lifecycle"]["replaced_by"] == QWEN


def test_a_model_of_bedrock_says_what_its_use_costs_and_whose_terms_it_has(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "110")
    out = printed(capsys)
    words = " ".join(out.split())
    assert (
        "amazon.nova-2-lite-v1:0 (default) text terms of use 0.33 a million tokens read, 2.75 written bedrock" in words
    )
    assert "stability.sd3-5-large-v1:0 image terms of use 0.08 an image bedrock Called in us-west-2" in words
    assert "Whoever calls it agrees to https://aws.amazon.com/service-terms/." in words
    elsewhere = " ".join(printed(capsys, "--region", "eu-west-1").split())
    assert "? a million tokens read, ? written" in elsewhere
    assert "0.08 an image" in elsewhere


def test_programs_read_what_one_token_and_one_image_cost(capsys: pytest.CaptureFixture[str]) -> None:
    found = {each["model_id"]: each for each in json.loads(printed(capsys, "--json"))}
    nova, core = found["amazon.nova-2-lite-v1:0"], found["stability.stable-image-core-v1:1"]
    assert nova["usd_by_use"] == {"input-token": 3.3e-07, "output-token": 2.75e-06}
    assert core["usd_by_use"] == {"image": 0.04}
    assert (nova["hostings"], nova["default"], nova["license_url"]) == (["bedrock"], True, None)
    assert nova["terms_url"] == "https://aws.amazon.com/service-terms/"
    assert found[FALCON]["usd_by_use"] == {}


def test_a_region_without_prices_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["models", "--region", "mars-west-1"])
    assert caught.value.code == 2
    assert "choose from" in capsys.readouterr().err
