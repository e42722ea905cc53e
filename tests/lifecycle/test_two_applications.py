"""Two applications on one template: one stack makes both, and each is as it would be alone."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest
from troposphere import Template

from genai_templates import Architecture, Hosting, ImageStack, Scope, TextStack
from genai_templates.apps import APPS
from genai_templates.local import EmulatedStack, Emulator
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
        assert title in both.emulator.site_request(domain, "GET", "/").body


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
