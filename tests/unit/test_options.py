"""A wrong choice fails when the object is made, and says what is allowed."""

from __future__ import annotations

import argparse
import enum
import ipaddress
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from troposphere import Template

from genai_templates import (
    ArtifactKeys,
    Dispatch,
    Hosting,
    ImageStack,
    InlineArtifacts,
    InvalidOption,
    NetworkRanges,
    TextStack,
    UnknownModel,
)
from genai_templates.catalog import FALCON_7B_INSTRUCT, STABLE_DIFFUSION_V2
from genai_templates.cli.options import add_options, option_rows, read_options
from genai_templates.options import CONFLICTS, OPTIONS, Declaration, Option, StackOptions, check_conflicts
from genai_templates.options.conflicts import Conflict
from genai_templates.packaging.request import BuildRequest
from genai_templates.scope import Scope

LLAMA = "meta-textgeneration-llama-3-1-8b-instruct"


def test_an_instance_type_that_the_model_does_not_support_is_refused_with_those_it_does() -> None:
    with pytest.raises(InvalidOption, match=r"does not run on ml\.t3\.large; choose one of ml\.g5\.2xlarge"):
        TextStack(instance_type="ml.t3.large")


def test_a_fallback_instance_type_is_checked_too() -> None:
    with pytest.raises(InvalidOption, match=r"ml\.m5\.large"):
        TextStack(fallback_instance_types=("ml.g5.4xlarge", "ml.m5.large"))


def test_an_unknown_model_is_refused_with_those_of_its_application() -> None:
    with pytest.raises(UnknownModel, match=FALCON_7B_INSTRUCT) as caught:
        TextStack(model="gpt-7")
    assert STABLE_DIFFUSION_V2 not in str(caught.value)


def test_an_image_model_is_no_text_model() -> None:
    with pytest.raises(UnknownModel, match="not a model of the text application"):
        TextStack(model=STABLE_DIFFUSION_V2)


def test_a_model_with_a_licence_is_refused_until_it_is_accepted() -> None:
    with pytest.raises(InvalidOption, match="accept_license=True"):
        TextStack(model=LLAMA)
    assert LLAMA in TextStack(model=LLAMA, accept_license=True).to_json()


def test_a_hosting_by_its_name_is_refused_with_the_members() -> None:
    with pytest.raises(InvalidOption, match=r"Hosting\.NOTEBOOK, Hosting\.EXISTING"):
        StackOptions(app="text", model=FALCON_7B_INSTRUCT, hosting="notebook")  # type: ignore[arg-type]
    assert Hosting("existing") is Hosting.EXISTING


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"nonsense": 1}, "there is no option nonsense; choose from model, hosting, instance_type, "),
        ({"accept_license": "yes"}, "accept_license is 'yes'; it must be a bool"),
        (
            {"fallback_instance_types": "ml.g5.4xlarge"},
            "fallback_instance_types is 'ml.g5.4xlarge'; it must be a tuple",
        ),
        ({"network": "10.0.0.0/16"}, "it must be a NetworkRanges"),
    ],
)
def test_an_option_that_is_none_or_of_another_kind_is_refused(options: Any, words: str) -> None:
    with pytest.raises(InvalidOption) as caught:
        TextStack(**options)
    assert words in str(caught.value)


@pytest.mark.parametrize("hosting", [each for each in Hosting if each is not Hosting.BEDROCK])
@pytest.mark.parametrize("fallbacks", [("ml.g5.2xlarge",), ("ml.g5.4xlarge", "ml.g5.4xlarge")])
def test_an_instance_type_that_is_there_twice_is_refused(hosting: Hosting, fallbacks: tuple[str, ...]) -> None:
    with pytest.raises(InvalidOption, match=r"instance type is ml\.g5\.2xlarge .* ml\.g5\..* give each once"):
        StackOptions(app="text", model=FALCON_7B_INSTRUCT, hosting=hosting, fallback_instance_types=fallbacks)


def test_an_option_is_said_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """One declaration gives the check, the flag and the row of the table."""
    declared = Declaration("dry_run", bool, Option(False, "whether nothing is made", adds="a note", costs="a smile"))
    monkeypatch.setitem(OPTIONS, "dry_run", declared)
    options: Any = {"dry_run": "perhaps"}
    with pytest.raises(InvalidOption, match="dry_run is 'perhaps'; it must be a bool"):
        StackOptions(app="text", model=FALCON_7B_INSTRUCT, **options)
    parser = argparse.ArgumentParser()
    add_options(parser)
    assert read_options(parser.parse_args(["--dry-run"])) == {"dry_run": True}
    assert "| `dry_run` | `--dry-run` | whether nothing is made | `False` | a note | a smile |" in option_rows()


def test_every_option_has_its_flag() -> None:
    parser = argparse.ArgumentParser()
    add_options(parser)
    given = ["--hosting", "native", "--instance-type", "ml.g5.4xlarge", "--fallback-instance-type", "ml.g5.8xlarge"]
    given += ["--fallback-instance-type", "ml.g5.2xlarge", "--architecture", "arm64", "--function-network", "private"]
    given += ["--network", "vpc=10.1.0.0/16", "--network", "private=10.1.3.0/24", "--network"]
    given += ["private_two=10.1.4.0/24", "--accept-license", "--auth", "cognito", "--daily-limit"]
    given += ["--api-access", "distribution", "--firewall", "block", "--model-in-vpc", "--flow-logs", "--own-domain"]
    given += ["--encryption", "customer-key", "--blocked-term", "a term", "--content-filter", "guardrail"]
    given += ["--budget", "notify", "--image-moderation", "--dispatch", "queue"]
    options = read_options(parser.parse_args(given))
    assert options.keys() == {name for name, each in OPTIONS.items() if each.option.flag}
    assert options["fallback_instance_types"] == ("ml.g5.8xlarge", "ml.g5.2xlarge")
    assert options["network"].private == "10.1.3.0/24"
    ImageStack(**options)
    with pytest.raises(InvalidOption, match="--network nowhere: give NAME=CIDR, with a name of vpc, "):
        read_options(parser.parse_args(["--network", "nowhere=10.0.0.0/16"]))


@pytest.mark.parametrize(
    ("ranges", "reason"),
    [
        ({"private": "10.1.0.0/24"}, "private range 10.1.0.0/24 is outside the VPC's range 10.0.0.0/16"),
        ({"private_two": "10.0.3.0/25"}, "private range 10.0.3.0/24 overlaps private_two range 10.0.3.0/25"),
        ({"vpc": "10.0.0.0/8"}, "prefix length of 16 to 28"),
        ({"private_two": "ten"}, "private_two range 'ten' is not an IPv4 CIDR block"),
        ({"private_two": "10.0.2.1/24"}, "has host bits set"),
    ],
)
def test_ranges_that_ec2_would_refuse_are_refused(ranges: dict[str, str], reason: str) -> None:
    with pytest.raises(InvalidOption) as caught:
        NetworkRanges(**ranges)
    assert reason in str(caught.value)


@given(st.text(max_size=30) | st.ip_addresses(v=4).map(lambda address: f"{address}/24"))
def test_a_range_is_taken_or_refused_and_nothing_else(text: str) -> None:
    try:
        ranges = NetworkRanges(private=text)
    except InvalidOption:
        return
    assert ipaddress.IPv4Network(ranges.private).subnet_of(ipaddress.IPv4Network(ranges.vpc))


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        (("",), "the blocked term '' has neither a letter nor a digit"),
        (("?!",), "has neither a letter nor a digit"),
        (("one, two",), "has a comma or a control character; give terms one by one"),
        (("one\ntwo",), "has a comma or a control character"),
        ((7,), "a blocked term is 7; it must be a str"),
        (tuple(f"term {number}" for number in range(300)), "300 terms of 2,589 bytes"),
        (("ß" * 1_300,), "1 terms of 2,600 bytes"),
    ],
)
def test_a_blocked_term_that_cannot_be_found_or_has_no_room_is_refused(terms: Any, words: str) -> None:
    with pytest.raises(InvalidOption) as caught:
        TextStack(blocked_terms=terms)
    assert words in str(caught.value)


@pytest.mark.parametrize("key", ["", "a b", "a#b", "x" * 1025])
def test_an_artifact_key_that_would_need_escaping_is_refused(key: str) -> None:
    with pytest.raises(InvalidOption, match="artifact key"):
        ArtifactKeys(handlers=key, custom_resources="fine.zip")


@pytest.mark.parametrize("prefix", ["blue", "1Blue", "Blue-Green", "B" * 19])
def test_a_prefix_that_no_logical_id_could_begin_with_is_refused(prefix: str) -> None:
    with pytest.raises(InvalidOption, match="prefix"):
        Scope(Template(), prefix)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: TextStack(scope=_any(Template())), 'scope is a Template; give Scope(template, "Text")'),
        (lambda: TextStack(scope=_any("")), 'scope is a str; give Scope(template, "Text")'),
        (lambda: TextStack(model=_any(["gpt-7"])), "model is ['gpt-7']; it must be a str"),
        (lambda: Scope(Template(), _any(None)), "prefix is None; it must be a str"),
        (lambda: Scope(_any("x")), "a scope's template is 'x'; it must be a troposphere Template"),
        (lambda: ArtifactKeys(handlers=_any(None), custom_resources="a"), "artifact key is None; it must be a str"),
        (lambda: NetworkRanges(vpc=_any(None)), "vpc range is None; it must be a str"),
        (lambda: NetworkRanges(private=_any(167772160)), "private range is 167772160; it must be a str"),
    ],
)
def test_what_is_of_another_type_is_refused(make: Callable[[], object], words: str) -> None:
    with pytest.raises(InvalidOption) as caught:
        make()
    assert words in str(caught.value)


def _any(value: object) -> Any:
    return value


@pytest.mark.parametrize("contents", [{}, {"a.zip": b""}, {"a.zip": b"", "b.zip": b"", "c.zip": b""}])
def test_artifacts_of_a_template_need_a_content_for_each_key_and_no_other(contents: dict[str, bytes]) -> None:
    keys = ArtifactKeys(handlers="a.zip", custom_resources="b.zip")
    with pytest.raises(InvalidOption, match=r"keys a\.zip and b\.zip, and contents for"):
        InlineArtifacts(keys=keys, contents=contents)


def test_the_artifacts_of_a_template_are_not_printed_with_it() -> None:
    keys = ArtifactKeys(handlers="a.zip", custom_resources="b.zip")
    assert "payload" not in repr(InlineArtifacts(keys=keys, contents={"a.zip": b"payload", "b.zip": b""}))


@pytest.mark.parametrize("conflict", CONFLICTS, ids=lambda conflict: "-".join(conflict.between))
def test_choices_that_cannot_go_together_are_refused(conflict: Conflict) -> None:
    first, second = conflict.between
    defaults = {name: each.option.default for name, each in OPTIONS.items()}
    refused = [
        message_of(defaults | {first: one, second: other})
        for one in choices_of(first)
        for other in choices_of(second)
        if conflict.cannot_be(one, other)
    ]
    assert refused
    assert all(refused)


def test_the_message_says_what_to_choose() -> None:
    with pytest.raises(InvalidOption, match="choose `auth` 'api-key', 'cognito' or 'iam'"):
        StackOptions(app="text", model=FALCON_7B_INSTRUCT, daily_limit=True)


def message_of(values: dict[str, object]) -> str:
    """Return what the conflict of these choices says, or nothing where there is none."""
    try:
        check_conflicts(values)
    except InvalidOption as error:
        return str(error)
    return ""


def choices_of(name: str) -> list[object]:
    """Return what an enumeration or a switch can be."""
    kind = OPTIONS[name].kind
    return [*kind] if isinstance(kind, enum.EnumType) else [False, True]


def test_an_option_of_one_application_is_refused_by_the_other() -> None:
    with pytest.raises(InvalidOption, match="`dispatch` is for the image application, not for text"):
        StackOptions(app="text", model=FALCON_7B_INSTRUCT, dispatch=Dispatch.QUEUE)
    StackOptions(app="text", model=FALCON_7B_INSTRUCT, dispatch=Dispatch.EVENT)


def test_a_build_of_both_gives_an_option_to_the_application_that_has_it() -> None:
    request = BuildRequest(dispatch=Dispatch.QUEUE, regions=())
    assert "dispatch" not in request.options_of("text")
    assert request.options_of("image")["dispatch"] is Dispatch.QUEUE
    with pytest.raises(InvalidOption, match="`dispatch` is for the image application"):
        BuildRequest(apps=("text",), dispatch=Dispatch.QUEUE, regions=())
