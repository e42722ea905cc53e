"""A key of the stack's own: everything that can be encrypted with one is, and nothing is where there is none."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER

from genai_templates import Encryption, FunctionNetwork, Hosting, ImageStack, TextStack
from genai_templates.apps import APPS
from genai_templates.catalog import models
from genai_templates.handler_permissions import handler_actions
from genai_templates.options import ApiAccess, Auth, Budget, ContentFilter, Dispatch, Firewall
from genai_templates.packaging.artifacts import make_inline_artifacts

STACKS: dict[str, type[TextStack | ImageStack]] = {"text": TextStack, "image": ImageStack}
VARIANTS = [(app, hosting) for app, stack in STACKS.items() for hosting in stack.hosting_parts]
KMS = re.compile(r"kms", re.IGNORECASE)

WITHOUT = {
    "AWS::Bedrock::Guardrail.KmsKeyArn": "its settings stand in the template, and it keeps no texts",
    "AWS::DynamoDB::Table.Replicas": "of another type",
    "AWS::Lambda::EventSourceMapping.KmsKeyArn": "for criteria of a filter, of which there are none",
    "AWS::Lambda::Function.Code.SourceKMSKeyArn": "the code is everybody's to read",
    "AWS::SageMaker::EndpointConfig.KmsKeyId": "instances with disks of their own take none",
}
"""Properties that name a key and are left out, and why."""


def template_of(app: str, hosting: Hosting, encryption: Encryption) -> dict[str, Any]:
    stack = STACKS[app](hosting=hosting, encryption=encryption, artifacts=make_inline_artifacts(APPS[app]))
    document: dict[str, Any] = json.loads(stack.to_json())
    return document


def key_properties(type_name: str) -> list[tuple[str, ...]]:
    """Return the paths of all properties of a type that name a key of KMS, without those of lists' items."""
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", type_name).schema
    return list(_paths(schema, schema, ()))


def _paths(node: Mapping[str, Any], schema: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if "$ref" in node:
        node = schema["definitions"][node["$ref"].rpartition("/")[2]]
    if "items" in node:
        yield from _paths(node["items"], schema, (*path, "[]"))
    for name, value in node.get("properties", {}).items() if len(path) < 8 else ():
        if KMS.search(name) and re.search(r"(Key|Master)", name) and "Period" not in name:
            yield (*path, name)
        elif name not in path:
            yield from _paths(value, schema, (*path, name))


def holders(node: Any, path: tuple[str, ...]) -> list[Any]:
    """Return what a resource has at this path: nothing where a part of it is not there."""
    if not path:
        return [node]
    if path[0] == "[]":
        return [found for each in node for found in holders(each, path[1:])] if isinstance(node, list) else []
    return holders(node[path[0]], path[1:]) if isinstance(node, dict) and path[0] in node else []


def unencrypted(template: Mapping[str, Any]) -> list[str]:
    """Return the properties for a key that resources could have, and do not."""
    return [
        f"{logical_id}: {resource['Type']}.{'.'.join(path)}"
        for logical_id, resource in template["Resources"].items()
        if not resource["Type"].startswith(("Custom::", "AWS::CloudFormation::"))
        for path in key_properties(resource["Type"])
        for holder in holders(resource.get("Properties", {}), path[:-1])
        if path[-1] not in holder and not is_exempt(logical_id, resource, path)
    ]


def is_exempt(logical_id: str, resource: Mapping[str, Any], path: tuple[str, ...]) -> bool:
    if logical_id == "LogBucket":  # S3 delivers access logs to none with a key
        return True
    if resource["Type"] == "AWS::Lambda::Function" and "Variables" not in resource["Properties"]["Environment"]:
        return True
    name = f"{resource['Type']}.{'.'.join(path)}"
    return name in WITHOUT


@pytest.mark.parametrize(("app", "hosting"), VARIANTS)
def test_all_that_takes_a_key_has_it(app: str, hosting: Hosting) -> None:
    template = template_of(app, hosting, Encryption.CUSTOMER_KEY)
    assert unencrypted(template) == []
    assert "alias/aws/" not in json.dumps(template)


@pytest.mark.parametrize("app", STACKS)
def test_all_that_other_options_add_has_it(app: str) -> None:
    """What a resource of another option leaves out has its reason in WITHOUT."""
    choices: dict[str, Any] = {
        "auth": Auth.COGNITO,
        "daily_limit": True,
        "function_network": FunctionNetwork.PRIVATE,
        "api_access": ApiAccess.DISTRIBUTION,
        "firewall": Firewall.BLOCK,
        "flow_logs": True,
        "content_filter": ContentFilter.GUARDRAIL,
        "budget": Budget.PAUSE,
        **({"dispatch": Dispatch.QUEUE, "image_moderation": True} if app == "image" else {}),
    }
    stack = STACKS[app](hosting=Hosting.NATIVE, encryption=Encryption.CUSTOMER_KEY, **choices)
    assert unencrypted(json.loads(stack.to_json())) == []


def test_without_the_key_the_properties_are_missed() -> None:
    missed = {
        each.partition(": ")[2] for each in unencrypted(template_of("image", Hosting.SCALE_TO_ZERO, Encryption.AWS_KEY))
    }
    assert {each.split(".")[0] for each in missed} == {
        "AWS::DynamoDB::Table",
        "AWS::Lambda::Function",
        "AWS::Logs::LogGroup",
        "AWS::S3::Bucket",
        "AWS::SNS::Topic",
        "AWS::SQS::Queue",
        "AWS::SageMaker::EndpointConfig",
    }


@pytest.mark.parametrize(("app", "hosting"), VARIANTS)
def test_no_role_may_use_the_key_without_a_condition(app: str, hosting: Hosting) -> None:
    resources = template_of(app, hosting, Encryption.CUSTOMER_KEY)["Resources"]
    statements = [
        statement
        for resource in resources.values()
        if resource["Type"] == "AWS::IAM::Role"
        for policy in resource["Properties"].get("Policies", ())
        for statement in policy["PolicyDocument"]["Statement"]
        if any(action.startswith("kms:") for action in statement["Action"])
    ]
    assert statements
    for each in statements:
        assert len(each["Action"]) <= 2
        assert each["Resource"] == [
            {"Fn::If": ["KmsKeyArnIsGiven", {"Ref": "KmsKeyArn"}, {"Fn::GetAtt": ["EncryptionKey", "Arn"]}]}
        ]
        assert each["Condition"]


def test_every_service_of_the_keys_policy_is_held_to_what_is_the_stacks() -> None:
    policy = template_of("image", Hosting.NOTEBOOK, Encryption.CUSTOMER_KEY)["Resources"]["EncryptionKey"][
        "Properties"
    ]["KeyPolicy"]
    of_services = {each["Sid"]: each for each in policy["Statement"] if "Service" in each["Principal"]}
    assert set(of_services) == {"CloudwatchPublishes", "DistributionsRead", "LogsEncrypt"}
    assert all(each["Condition"] for each in of_services.values())


@pytest.mark.parametrize(("app", "fate"), [("text", "Delete"), ("image", "RetainExceptOnCreate")])
def test_the_key_stays_where_what_it_encrypts_stays(app: str, fate: str) -> None:
    resources = template_of(app, Hosting.BEDROCK, Encryption.CUSTOMER_KEY)["Resources"]
    kept = {
        name
        for name, each in resources.items()
        if each["Type"] == "AWS::S3::Bucket"
        and each.get("DeletionPolicy") != "Delete"
        and "aws:kms" in json.dumps(each)
    }
    assert resources["EncryptionKey"]["DeletionPolicy"] == fate
    assert bool(kept) == (fate != "Delete")


def test_private_functions_need_no_way_to_kms() -> None:
    stack = ImageStack(encryption=Encryption.CUSTOMER_KEY, function_network=FunctionNetwork.PRIVATE)
    assert ".kms" not in stack.to_json()  # the services ask for them


def test_whoever_makes_an_endpoint_with_encrypted_volumes_may_give_the_grant_for_them() -> None:
    model = next(each for each in models().values() if each.app == "text" and each.container)
    plain = replace(model, default_instance_type="ml.p3.2xlarge", instance_types=("ml.p3.2xlarge",))
    stack = TextStack(hosting=Hosting.NATIVE, model=plain, encryption=Encryption.CUSTOMER_KEY)
    resources = json.loads(stack.to_json())["Resources"]
    assert "KmsKeyId" in resources["EndpointConfig"]["Properties"]
    for role in ("ScheduleRole", "EndpointRole"):
        policies = resources[role]["Properties"]["Policies"]
        statements = [each for policy in policies for each in policy["PolicyDocument"]["Statement"]]
        assert any("kms:CreateGrant" in each["Action"] for each in statements), role
    assert "kms:CreateGrant" in handler_actions(resources["EndpointConfig"])
