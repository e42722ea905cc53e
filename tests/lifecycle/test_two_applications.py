"""Two applications on one template: one stack makes both, and each is as it would be alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import pytest
from troposphere import Template

from genai_templates import Architecture, Hosting, ImageStack, Scope, TextStack
from genai_templates.apps import APPS
from genai_templates.local import EmulatedStack, EmulatedStackFailed, Emulator
from genai_templates.packaging.artifacts import make_artifacts
from tests.waiting import until


@pytest.fixture(scope="module")
def both(emulator: Emulator) -> Iterator[EmulatedStack]:
    """The stack of a template with the text application, with its model, and two image applications, with one each."""
    made = {name: make_artifacts(app, Architecture.X86_64) for name, app in APPS.items()}
    template = Template()
    TextStack(scope=Scope(template, "Text"), artifacts=made["text"].keys)
    ImageStack(scope=Scope(template, "Image"), artifacts=made["image"].keys)
    ImageStack(scope=Scope(template, "Other"), artifacts=made["image"].keys, hosting=Hosting.EXISTING)
    artifacts = {artifact.key: artifact.content for artifacts in made.values() for artifact in artifacts}
    with EmulatedStack(template.to_json(), "both", artifacts=artifacts, emulator=emulator) as stack:
        yield stack


def test_each_serves_its_own_routes_and_page(both: EmulatedStack) -> None:
    outputs = both.outputs
    text = both.call("POST", "/generate", {"prompt": "A poem"}, api=outputs["TextApiGatewayUrl"])
    assert (text.status, "generated_text" in text.json()) == (200, True)
    for name, title in (("Text", b"Summarise and write"), ("Image", b"Images from words"), ("Other", b"Images from")):
        domain = outputs[f"{name}CloudFrontDistributionDomain"]
        assert title in both.browse("/", domain=domain).body


def test_each_site_is_listed_with_its_own_routes(both: EmulatedStack) -> None:
    sites = {each.logical_id.removesuffix("CloudFrontDistribution"): each for each in both.sites}
    assert {name: site.domain for name, site in sites.items()} == {
        name: both.outputs[f"{name}CloudFrontDistributionDomain"] for name in ("Image", "Other", "Text")
    }
    assert sites["Text"].routes == ["GET /status", "POST /generate", "POST /summarize", "POST /wake"]
    assert sites["Image"].routes == sites["Other"].routes
    assert "GET /generate/{job_id}" in sites["Image"].routes


@pytest.mark.parametrize(
    ("use", "expected"),
    [
        (lambda stack: stack.domain, r"several distributions: .*\.cloudfront\.net \(TextCloudFrontDistribution\)"),
        (lambda stack: stack.browse("/"), r"several distributions: "),
        (lambda stack: stack.routes, r"several APIs, ImageApiGateway, OtherApiGateway, TextApiGateway: see 'sites'"),
        (
            lambda stack: stack.call("GET", "/status"),
            r'no output ApiGatewayUrl: .*api=stack\.outputs\["TextApiGatewayUrl"\]',
        ),
    ],
    ids=["domain", "browse", "routes", "call"],
)
def test_what_leaves_the_choice_open_names_the_choices(
    both: EmulatedStack, use: Callable[[EmulatedStack], object], expected: str
) -> None:
    with pytest.raises(EmulatedStackFailed, match=expected):
        use(both)


@pytest.mark.parametrize("name", ["Image", "Other"])
def test_the_jobs_of_one_are_unknown_to_the_other(both: EmulatedStack, name: str) -> None:
    apis = {each: both.outputs[f"{each}ApiGatewayUrl"] for each in ("Image", "Other")}
    started = both.call("POST", "/generate", {"prompt": "a lighthouse at dawn"}, api=apis[name])
    assert started.status == 202
    path = f"/{started.json()['status_url']}"
    get = partial(both.call, "GET", path)
    until(lambda: get(api=apis[name]).json()["status"] == "SUCCEEDED" or None)
    assert get(api=next(url for each, url in apis.items() if each != name)).status == 404


def test_no_call_of_any_is_refused(both: EmulatedStack) -> None:
    both.call("GET", "/status", api=both.outputs["TextApiGatewayUrl"])
    assert both.permissions().refused == ()
