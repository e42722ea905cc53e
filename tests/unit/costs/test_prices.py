"""The list of prices: dated, with a source for each figure, and silent where a figure could not be read."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

import genai_templates
from genai_templates.catalog import models
from genai_templates.costs.prices import Prices, find_prices, priced_regions
from genai_templates.errors import UnknownPrice

DOCUMENT: dict[str, Any] = json.loads(
    (Path(genai_templates.__file__).parent / "data" / "prices.json").read_text("utf-8")
)
FIGURES = [(name, region) for name, item in DOCUMENT["items"].items() for region in item["usd"]]


def test_the_list_says_its_month() -> None:
    assert re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", Prices("us-east-1").month)


@pytest.mark.parametrize(("item", "region"), FIGURES)
def test_every_figure_is_positive_and_has_a_source(item: str, region: str) -> None:
    figure = DOCUMENT["items"][item]["usd"][region]
    assert region in priced_regions()
    assert figure["price"] > 0
    assert figure["source"] in DOCUMENT["sources"]


def test_every_source_has_a_figure() -> None:
    used = {figure["source"] for item in DOCUMENT["items"].values() for figure in item["usd"].values()}
    assert used == set(DOCUMENT["sources"])


def test_every_instance_type_of_the_catalogue_is_in_the_list() -> None:
    allowed = {name for model in models().values() for name in model.instance_types}
    assert {name for name in DOCUMENT["items"] if name.startswith("hosting/")} == {
        f"hosting/{name}" for name in allowed
    }


def test_the_default_instance_type_costs_what_the_documentation_says() -> None:
    assert Prices("us-east-1").find("hosting/ml.g5.2xlarge") == 1.515


def test_a_figure_that_could_not_be_read_is_not_known() -> None:
    assert Prices("eu-west-1").find("hosting/ml.p4de.24xlarge") is None


def test_an_unknown_region_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(UnknownPrice, match="'mars-west-1'; choose one of us-east-1, us-west-2, eu-west-1"):
        Prices("mars-west-1")
    assert find_prices("mars-west-1") is None


def test_an_unknown_item_is_refused_with_those_of_its_kind() -> None:
    with pytest.raises(
        UnknownPrice, match=r"no price for 'hosting/ml\.t3\.nano'; choose one of hosting/ml\.g4dn"
    ) as caught:
        Prices("us-east-1").find("hosting/ml.t3.nano")
    assert "lambda/" not in str(caught.value)
    assert Prices("us-east-1").find_instance("hosting", "ml.t3.nano") is None
