"""The estimate: idle first, then traffic, then the instances."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genai_templates import Hosting, InvalidOption
from genai_templates.apps import APPS
from genai_templates.costs.estimate import INSTANCE_COUNTS, Estimate, Traffic, make_estimate
from genai_templates.costs.usage import usage_of
from genai_templates.errors import UnknownPrice


def _estimate(
    app: str = "text", region: str = "us-east-1", hosting: Hosting = Hosting.NOTEBOOK, **traffic: Any
) -> Estimate:
    template = json.loads(APPS[app].load_stack()(hosting=hosting).to_json())
    return make_estimate(template, usage_of(app), Traffic(**traffic), region=region)


def test_without_traffic_there_is_only_what_is_idle() -> None:
    estimate = _estimate()
    assert (estimate.use, estimate.rows, estimate.use_usd_per_month) == ([], [], 0)
    assert 1100 < estimate.idle.usd_per_month < 1130


def test_each_further_instance_costs_its_price() -> None:
    rows = _estimate(requests_per_hour=100).rows
    assert [row.instances for row in rows] == list(INSTANCE_COUNTS)
    assert rows[1].usd_per_month - rows[0].usd_per_month == pytest.approx(1.515 * 730)


def test_the_first_row_is_what_is_idle_and_what_is_used() -> None:
    estimate = _estimate(requests_per_hour=100)
    assert estimate.rows[0].usd_per_month == pytest.approx(estimate.idle.usd_per_month + estimate.use_usd_per_month)


@pytest.mark.parametrize("app", APPS)
def test_more_instances_refuse_fewer_and_nobody_is_refused_by_enough(app: str) -> None:
    refused = [row.waiting.refused for row in _estimate(app, requests_per_hour=1200).rows]
    assert refused == sorted(refused, reverse=True)
    assert refused[-1] < 0.005


def test_a_seed_makes_the_same_estimate_and_another_one_another() -> None:
    assert _estimate(requests_per_hour=2000, seed=7) == _estimate(requests_per_hour=2000, seed=7)
    assert _estimate(requests_per_hour=2000, seed=7).rows != _estimate(requests_per_hour=2000, seed=8).rows


def test_given_seconds_and_slots_stand_in_for_the_assumptions() -> None:
    fast = _estimate(requests_per_hour=10, seconds=3.0, slots=1)
    assert fast.rows[0].waiting.median_seconds == pytest.approx(3, rel=0.03)
    assert fast.usage.model.slots == 1
    assert fast.use_usd_per_month < _estimate(requests_per_hour=10).use_usd_per_month


def test_an_endpoint_that_is_there_already_is_said_not_to_be_counted() -> None:
    assert _estimate(hosting=Hosting.EXISTING).most_instances == 0
    assert _estimate().most_instances == 1


def test_what_is_not_known_is_named() -> None:
    unknown = _estimate("image", "eu-west-1", requests_per_hour=10).unknown
    assert unknown[0] == "endpoint, 1 x ml.g5.2xlarge"
    assert "DynamoDB" in unknown


def test_a_region_without_prices_is_refused() -> None:
    with pytest.raises(UnknownPrice, match="no prices for region 'ap-south-1'"):
        _estimate(region="ap-south-1")


@pytest.mark.parametrize("number", [-1, 1e-300, 1_000_001, math.inf, -math.inf, math.nan])
def test_a_traffic_that_cannot_be_is_refused_with_what_is_allowed(number: float) -> None:
    with pytest.raises(InvalidOption, match=r"requests an hour cannot be estimated; give 0, or 0\.001 to 1,000,000"):
        Traffic(requests_per_hour=number)


@pytest.mark.parametrize("number", [0, -1, 3601, math.inf, math.nan])
def test_seconds_that_cannot_be_are_refused(number: float) -> None:
    with pytest.raises(InvalidOption, match="give more than 0, up to 3600"):
        Traffic(seconds=number)


@pytest.mark.parametrize("number", [0, -1, 1001])
def test_slots_that_cannot_be_are_refused(number: int) -> None:
    with pytest.raises(InvalidOption, match="give 1 to 1000"):
        Traffic(slots=number)


@given(st.floats(0.001, 1_000_000))
def test_any_traffic_that_can_be_is_taken(number: float) -> None:
    assert Traffic(requests_per_hour=number).requests_per_hour == number
