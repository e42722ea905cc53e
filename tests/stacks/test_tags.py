"""Whatever a stack makes carries the tag by which it is found again."""

from __future__ import annotations

from typing import Any

from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER
from troposphere import Template, s3

from genai_templates import ImageStack, Scope
from genai_templates.tags import STACK_TAG

OWN = {"Key": STACK_TAG, "Value": {"Ref": "AWS::StackName"}}
OTHER_RESOURCES = ("Custom::", "AWS::CloudFormation::")


def is_taggable(kind: str) -> bool:
    """Return whether the type's schema has tags, as a list of keys and values."""
    if kind.startswith(OTHER_RESOURCES):
        return False
    properties = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", kind).schema["properties"]
    return bool(properties.get("Tags", {}).get("type") == "array")


def test_every_resource_whose_type_takes_tags_has_that_of_its_stack_once(template: dict[str, Any]) -> None:
    tagged = 0
    for name, resource in template["Resources"].items():
        if is_taggable(resource["Type"]):
            assert resource["Properties"]["Tags"].count(OWN) == 1, name
            tagged += 1
    assert tagged > 20


def test_a_resource_keeps_its_own_tags(template: dict[str, Any]) -> None:
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::EC2::VPC":
            assert [tag["Key"] for tag in resource["Properties"]["Tags"]] == ["Name", STACK_TAG]


def test_resources_that_were_on_the_template_before_are_left_as_they_are() -> None:
    template = Template()
    template.add_resource(s3.Bucket("Before"))
    ImageStack(scope=Scope(template, "Image"))
    resources = template.to_dict()["Resources"]
    assert "Properties" not in resources["Before"]
    assert OWN in resources["ImageSiteBucket"]["Properties"]["Tags"]
