"""The templates that bring their artifacts along: nothing to fill in, and otherwise the same stack."""

from __future__ import annotations

import json
from typing import Any

import pytest
from troposphere import Template

from genai_templates import ImageStack, Scope, TextStack, limits
from genai_templates.apps import APPS as packaged
from genai_templates.packaging.artifacts import make_inline_artifacts
from tests.stacks.conftest import BUILDS

APPS = ["text", "image"]


def template_of(name: str) -> dict[str, Any]:
    template: dict[str, Any] = BUILDS[name].template.to_dict()
    return template


@pytest.mark.parametrize("app", APPS)
def test_every_parameter_has_a_default(app: str) -> None:
    parameters = template_of(f"{app}-single-file")["Parameters"]
    assert [name for name, each in parameters.items() if "Default" not in each] == []
    ordinary = template_of(app)["Parameters"]
    assert ordinary.keys() - parameters.keys() == {"LambdaS3Bucket", "LambdaS3Key", "CustomResourcesS3Key"}
    assert parameters.keys() <= ordinary.keys()


@pytest.mark.parametrize("app", APPS)
def test_every_other_resource_keeps_its_logical_id_and_its_type(app: str) -> None:
    kinds = {
        name: {logical_id: each["Type"] for logical_id, each in template_of(name)["Resources"].items()}
        for name in (app, f"{app}-single-file")
    }
    assert kinds[app].items() <= kinds[f"{app}-single-file"].items()
    assert kinds[f"{app}-single-file"].keys() - kinds[app].keys() == {
        "ArtifactBucket",
        "ArtifactBucketPolicy",
        "ArtifactPublisher",
        "ArtifactPublisherFunction",
        "ArtifactPublisherFunctionLogs",
        "ArtifactPublisherFunctionRole",
    }


@pytest.mark.parametrize("app", APPS)
def test_every_function_waits_for_its_code_and_names_the_hash_of_it(app: str) -> None:
    template = template_of(f"{app}-single-file")["Resources"]
    published = template["ArtifactPublisher"]["Properties"]["Keys"]
    codes = {
        name: each["Properties"]["Code"] for name, each in template.items() if each["Type"] == "AWS::Lambda::Function"
    }
    assert list(codes.pop("ArtifactPublisherFunction")) == ["ZipFile"]
    assert {json.dumps(code["S3Bucket"]) for code in codes.values()} == {
        '{"Fn::GetAtt": ["ArtifactPublisher", "Bucket"]}'
    }
    assert {code["S3Key"] for code in codes.values()} == set(published)
    assert template["SitePublisher"]["Properties"]["Version"] in published


@pytest.mark.parametrize("app", APPS)
def test_it_is_well_within_what_cloudformation_and_lambda_take(app: str) -> None:
    stack = BUILDS[f"{app}-single-file"]
    assert len(stack.to_json().encode()) < limits.TEMPLATE_UPLOADED.value / 2
    assert len(str(stack.template.description).encode()) <= limits.TEMPLATE_DESCRIPTION.value
    source = stack.template.resources["ArtifactPublisherFunction"].Code.ZipFile
    assert len(source) <= limits.FUNCTION_SOURCE.value


def test_its_description_says_what_the_image_functions_do_without_pillow() -> None:
    assert "Without Pillow" in str(BUILDS["image-single-file"].template.description)
    for name in ("image", "text-single-file"):
        assert "Pillow" not in str(BUILDS[name].template.description)


def test_two_applications_of_one_template_bring_their_own_artifacts() -> None:
    template = Template()
    TextStack(scope=Scope(template, "Text"), artifacts=make_inline_artifacts(packaged["text"]))
    ImageStack(scope=Scope(template, "Image"), artifacts=make_inline_artifacts(packaged["image"]))
    resources = template.to_dict()["Resources"]
    for name, resource in resources.items():
        location = resource.get("Properties", {}).get("Code", {}).get("S3Bucket")
        prefix = "Text" if name.startswith("Text") else "Image"
        assert location in (None, {"Fn::GetAtt": [f"{prefix}ArtifactPublisher", "Bucket"]})
