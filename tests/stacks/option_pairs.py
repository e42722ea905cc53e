"""Rows of choices of which any two options' values are in one."""

from __future__ import annotations

import enum
import json
from pathlib import Path
from typing import Any

from allpairspy import AllPairs

from genai_templates import ArtifactKeys, Hosting, InlineArtifacts, NetworkRanges
from genai_templates.apps import APPS
from genai_templates.aws.policy import Place, caller_policy
from genai_templates.bedrock_catalog import bedrock_models
from genai_templates.catalog import models
from genai_templates.limits import TEMPLATE_RESOURCES, TEMPLATE_UPLOADED
from genai_templates.options import CONFLICTS, OPTIONS
from genai_templates.packaging.lint import lint_templates

KEYS = ArtifactKeys.unhashed("pairs")
INLINE = InlineArtifacts(keys=KEYS, contents=dict.fromkeys((KEYS.handlers, KEYS.custom_resources), b"zip"))
RANGES = NetworkRanges(vpc="172.16.0.0/16", private="172.16.3.0/24", private_two="172.16.4.0/24")
# An instance type is a place in the model's list, fall-backs are a number of them: models differ in what they run on.
VALUES: dict[str, list[Any]] = {
    "instance_type": [None, -1],
    "fallback_instance_types": [0, 4],
    "network": [None, RANGES],
    "artifacts": [None, INLINE],
    "accept_license": [True],
    "blocked_terms": [(), ("a term",)],
}


def values_of(name: str, app: str) -> list[Any]:
    """Return the values of an option that are tried: all, where it is an enumeration or a switch of the application."""
    kind, option = OPTIONS[name].kind, OPTIONS[name].option
    if not OPTIONS[name].is_of(app):
        return [option.default]
    if name in VALUES:
        return VALUES[name]
    return [*kind] if isinstance(kind, enum.EnumType) else [False, True]


def can_be(hosting: Hosting, model: str) -> bool:
    """Whether the model can be hosted in this way."""
    return hosting.value in models()[model].hostings if model in models() else hosting is Hosting.BEDROCK


def go_together(row: dict[str, Any]) -> bool:
    """Whether choices go together: some of a row, of which others are not made yet."""
    if "model" in row and not can_be(row["hosting"], row["model"]):
        return False
    return not any(
        each.cannot_be(row[each.between[0]], row[each.between[1]])
        for each in CONFLICTS
        if {*each.between} <= row.keys()
    )


def rows_of(app: str) -> list[dict[str, Any]]:
    """Return rows of choices in which every two values of two options that go together are in one row at least."""
    names = ["hosting", "model", *(name for name in OPTIONS if name != "hosting")]
    known: dict[str, Any] = {**models(), **bedrock_models()}
    of_app = [name for name, each in known.items() if each.app == app]
    values = [of_app if name == "model" else values_of(name, app) for name in names]
    pairs = AllPairs(values, filter_func=lambda row: go_together(dict(zip(names, row, strict=False))))
    return [dict(zip(names, row, strict=True)) for row in pairs]


def options_of(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row of choices as a stack takes it."""
    chosen = {name: value for name, value in row.items() if value is not None}
    place, number = chosen.pop("instance_type", None), chosen.pop("fallback_instance_types")
    if row["model"] not in models():
        return chosen
    model = models()[row["model"]]
    first = model.default_instance_type if place is None else model.instance_types[place]
    others = tuple(each for each in model.instance_types if each != first)
    return {**chosen, "instance_type": "" if place is None else first, "fallback_instance_types": others[:number]}


def check_rows(app: str, cache: Path) -> None:
    """Fail unless each row makes a template that fits, whose resources 'policy' knows, and that has no finding."""
    stack, rows = APPS[app].load_stack(), rows_of(app)
    assert {row["hosting"] for row in rows} == set(Hosting)
    made = {str(row): stack(**options_of(row)) for row in rows}
    place = Place(stack="pairs", region="us-west-2", account="123456789012")
    for each in made.values():
        assert caller_policy(json.loads(each.to_json()), place)  # each type of resource is one that 'policy' knows
        assert len(each.template.resources) <= TEMPLATE_RESOURCES.value
        assert len(each.to_json(indent=False).encode()) <= TEMPLATE_UPLOADED.value
    # Bedrock's image models are in one region only.
    texts = {name: each.to_json() for name, each in made.items()}
    assert lint_templates(texts, regions=("us-west-2",), cache_dir=cache) == ()
