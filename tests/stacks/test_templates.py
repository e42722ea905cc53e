"""What every template keeps: the contract of names, no physical names, no wider permissions than needed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from genai_templates import Hosting, ImageStack, TextStack, limits
from genai_templates.stacks.base import Stack

Template = dict[str, Any]

# Actions without resource-level permission, in the words of the service authorization reference.
WITHOUT_RESOURCES = {
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
    "ecr:GetAuthorizationToken",
    "cloudwatch:PutMetricData",
    "application-autoscaling:DescribeScalableTargets",
    "application-autoscaling:DescribeScalingPolicies",
    "application-autoscaling:DescribeScheduledActions",
    "rekognition:DetectModerationLabels",
    "servicequotas:ListServiceQuotas",
    "application-autoscaling:DeregisterScalableTarget",
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
}


def resources(template: Template, kind: str) -> dict[str, Any]:
    """Return the resources of this type by logical id."""
    return {name: each for name, each in template["Resources"].items() if each["Type"] == kind}


def walk(value: object) -> Iterator[object]:
    """Yield every value inside of this one."""
    yield value
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for child in children:
        yield from walk(child)


def statements(template: Template) -> Iterator[dict[str, Any]]:
    """Yield every statement of every role's own policies."""
    for role in resources(template, "AWS::IAM::Role").values():
        for policy in role["Properties"].get("Policies", ()):
            yield from policy["PolicyDocument"]["Statement"]


def test_the_same_options_give_the_same_bytes() -> None:
    assert TextStack().to_json() == TextStack().to_json()
    assert ImageStack().to_json() == ImageStack().to_json()


def test_a_template_is_small_enough_to_be_uploaded(stack: Stack) -> None:
    assert len(stack.to_json().encode()) <= limits.TEMPLATE_UPLOADED.value
    assert len(stack.template.resources) <= limits.TEMPLATE_RESOURCES.value


@pytest.mark.parametrize("build", [TextStack, ImageStack])
def test_logical_ids_that_people_know_stay(build: type[TextStack] | type[ImageStack]) -> None:
    template = json.loads(build().to_json())
    assert {"LambdaS3Bucket", "LambdaS3Key"} <= template["Parameters"].keys()
    assert {"ApiGateway", "LambdaPermission", "CloudFrontDistribution"} <= template["Resources"].keys()
    assert {"ApiGatewayUrl", "CloudFrontDistributionDomain", "EndpointName"} <= template["Outputs"].keys()
    assert len([name for name in template["Resources"] if re.fullmatch(r"ApiDeployment[0-9a-f]{10}", name)]) == 1
    assert ("GenAILambdaFunction" in template["Resources"]) is (build is TextStack)


def test_only_the_bucket_has_to_be_filled_in(text_template: Template, image_template: Template) -> None:
    for template in (text_template, image_template):
        required = [name for name, each in template["Parameters"].items() if "Default" not in each]
        assert required == ["LambdaS3Bucket"]


def test_every_parameter_is_grouped_labelled_described_and_constrained(template: Template) -> None:
    interface = template["Metadata"]["AWS::CloudFormation::Interface"]
    grouped = [name for group in interface["ParameterGroups"] for name in group["Parameters"]]
    assert sorted(grouped) == sorted(template["Parameters"])
    assert interface["ParameterLabels"].keys() == template["Parameters"].keys()
    for name, parameter in template["Parameters"].items():
        assert parameter["Description"], name
        assert parameter["ConstraintDescription"], name
        assert {"AllowedPattern", "AllowedValues", "MinValue"} & parameter.keys(), name


def test_every_parameter_and_condition_is_used(template: Template) -> None:
    body = json.dumps({part: template[part] for part in ("Resources", "Outputs", "Conditions")})
    for name in template["Parameters"]:
        assert f'{{"Ref": "{name}"}}' in body or f"${{{name}}}" in body, name
    for name in template["Conditions"]:
        used = any(
            isinstance(each, dict) and (each.get("Condition") == name or (each.get("Fn::If") or [None])[0] == name)
            for each in walk(template["Resources"])
        )
        assert used, name


def test_no_region_account_or_partition_is_written_into_a_template(template: Template) -> None:
    # The hash in an artifact's key may happen to have digits alone.
    text = re.sub(r"-[0-9a-f]{12}\.zip", ".zip", json.dumps(template["Resources"]))
    assert not re.search(r"arn:aws[:-]", text)
    assert not re.search(r"\b\d{12}\b", text)
    assert not re.search(r"\b(us|eu|ap|ca|sa|me|af|il|mx)-[a-z]+-\d\b", text)


def test_no_statement_is_wider_than_the_service_makes_it(template: Template) -> None:
    for statement in statements(template):
        actions = set(statement["Action"])
        assert not any("*" in action for action in actions), statement
        if "*" in statement["Resource"]:
            assert actions <= WITHOUT_RESOURCES, statement


def test_every_function_has_a_role_and_a_log_group_of_its_own(template: Template) -> None:
    functions = resources(template, "AWS::Lambda::Function")
    roles = [each["Properties"]["Role"]["Fn::GetAtt"][0] for each in functions.values()]
    groups = [each["Properties"]["LoggingConfig"]["LogGroup"]["Ref"] for each in functions.values()]
    assert len(set(roles)) == len(set(groups)) == len(functions)
    for each in functions.values():
        assert each["Properties"]["LoggingConfig"]["LogFormat"] == "JSON"
        assert each["Properties"]["TracingConfig"] == {"Mode": "Active"}
        assert each["Properties"]["Runtime"] == "python3.13"


def test_a_permission_names_api_stage_method_and_path(template: Template) -> None:
    for permission in resources(template, "AWS::Lambda::Permission").values():
        if permission["Properties"]["Principal"] != "apigateway.amazonaws.com":
            continue
        resource = permission["Properties"]["SourceArn"]["Fn::Sub"].rpartition(":")[2]
        assert re.fullmatch(r"\$\{ApiGateway\}/prod/(GET|POST)(/[a-z]+|/\*)+", resource)


def test_every_bucket_is_private_encrypted_and_refuses_plain_http(template: Template) -> None:
    policies = {
        each["Properties"]["Bucket"]["Ref"]: each["Properties"]["PolicyDocument"]["Statement"]
        for each in resources(template, "AWS::S3::BucketPolicy").values()
    }
    for name, bucket in resources(template, "AWS::S3::Bucket").items():
        properties = bucket["Properties"]
        assert set(properties["PublicAccessBlockConfiguration"].values()) == {True}
        assert "BucketEncryption" in properties
        assert "BucketName" not in properties
        assert policies[name][0]["Condition"] == {"Bool": {"aws:SecureTransport": False}}


def test_custom_resources_do_not_hang_the_stack_for_an_hour(template: Template) -> None:
    custom = [each for each in template["Resources"].values() if each["Type"].startswith("Custom::")]
    assert custom
    for resource in custom:
        function = resource["Properties"]["ServiceToken"]["Fn::GetAtt"][0]
        timeout = template["Resources"][function]["Properties"]["Timeout"]
        assert timeout < resource["Properties"]["ServiceTimeout"] <= 3600


def test_timeouts_rise_from_the_function_to_cloudfront(text_template: Template) -> None:
    parameters = text_template["Parameters"]
    function = parameters["FunctionTimeout"]["Default"]
    integration = parameters["IntegrationTimeout"]["Default"] / 1000
    distribution = text_template["Resources"]["CloudFrontDistribution"]["Properties"]["DistributionConfig"]
    origin = next(each for each in distribution["Origins"] if each["Id"] == "api")
    assert function < integration < origin["CustomOriginConfig"]["OriginReadTimeout"]


def test_the_model_is_removed_after_the_notebook_that_could_bring_it_back(text_template: Template) -> None:
    found = text_template["Resources"]
    assert "ModelJanitor" in found["NotebookInstance"]["DependsOn"]
    assert found["ModelReady"]["DependsOn"] == ["NotebookInstance"]
    assert found["NotebookInstance"]["Properties"]["PlatformIdentifier"] == "notebook-al2023-v1"


def test_image_models_may_answer_with_twenty_megabytes(image_template: Template) -> None:
    assert '\\"MMS_MAX_RESPONSE_SIZE\\": \\"20000000\\"' in json.dumps(
        image_template["Resources"]["NotebookLifecycle"]
    ).replace('\\\\\\"', '\\"')


def test_existing_endpoints_need_no_network_no_notebook_and_no_janitor() -> None:
    existing = json.loads(TextStack(hosting=Hosting.EXISTING).to_json())
    kinds = {each["Type"] for each in existing["Resources"].values()}
    assert not {kind for kind in kinds if kind.startswith(("AWS::EC2", "AWS::SageMaker", "Custom::ModelJanitor"))}


def test_the_notebook_may_do_what_the_deployment_calls_and_nothing_else(text_template: Template) -> None:
    role = text_template["Resources"]["NotebookRole"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
    actions = {action for statement in role for action in statement["Action"]}
    assert actions == {
        *(
            f"sagemaker:{verb}{what}"
            for verb in ("Create", "Delete")
            for what in ("Model", "EndpointConfig", "Endpoint")
        ),
        "sagemaker:DescribeEndpoint",
        "sagemaker:AddTags",
        "sagemaker:InvokeEndpoint",
        "sagemaker:StopNotebookInstance",
        "iam:PassRole",
        "s3:GetObject",
        "logs:CreateLogGroup",
        "logs:CreateLogStream",
        "logs:DescribeLogStreams",
        "logs:PutLogEvents",
    }


def test_of_a_failed_creation_only_the_log_bucket_is_kept_since_cloudfront_may_have_written_to_it(
    template: Template,
) -> None:
    policies = {name: each["DeletionPolicy"] for name, each in resources(template, "AWS::S3::Bucket").items()}
    assert policies.pop("LogBucket") == "Retain"
    assert set(policies.values()) <= {"Delete", "RetainExceptOnCreate"}


def test_a_bucket_that_is_kept_keeps_its_policy(template: Template) -> None:
    for name, bucket in resources(template, "AWS::S3::Bucket").items():
        assert template["Resources"][f"{name}Policy"]["DeletionPolicy"] == bucket["DeletionPolicy"]


def test_the_endpoints_role_is_there_until_the_janitor_has_deleted_the_endpoint(text_template: Template) -> None:
    janitor = text_template["Resources"]["ModelJanitor"]
    assert janitor["DependsOn"] == ["ModelJanitorContinuation"]
    assert janitor["Properties"]["RoleArn"] == {"Fn::GetAtt": ["EndpointRole", "Arn"]}
    # Neither waits for the janitor, which would be a circle.
    assert "ModelJanitor" not in json.dumps(text_template["Resources"]["EndpointRole"])


def test_what_cloudformation_cannot_update_refers_to_no_parameter(text_template: Template) -> None:
    condition = text_template["Resources"]["ModelReady"]["Properties"]
    longest = text_template["Parameters"]["ModelTimeout"]["MaxValue"]
    assert condition["Timeout"].isdecimal()
    assert longest < int(condition["Timeout"])


def test_the_functions_of_the_api_know_the_distribution_by_the_stage_alone(template: Template) -> None:
    stage = template["Resources"]["ApiStage"]["Properties"]
    assert json.dumps(stage["Variables"]["siteUrl"]).count("CloudFrontDistribution") == 1
    for name, function in resources(template, "AWS::Lambda::Function").items():
        assert "CloudFrontDistribution" not in json.dumps(function), name


def test_the_apis_title_is_the_name_that_alarms_find_it_by(template: Template) -> None:
    api = template["Resources"]["ApiGateway"]["Properties"]
    assert api["Body"]["info"]["title"] == api["Name"]
    dimensions = json.dumps(template["Resources"]["ApiErrors"]["Properties"])
    assert json.dumps(api["Name"]) in dimensions


def test_a_timeout_of_the_api_is_text_only_where_it_is_not_the_default(template: Template) -> None:
    body = json.dumps(template["Resources"]["ApiGateway"]["Properties"]["Body"])
    wanted = '"timeoutInMillis": {"Fn::If": ["IntegrationTimeoutIsDefault", {"Ref": "AWS::NoValue"}, '
    assert body.count('"timeoutInMillis"') == body.count(wanted) > 0
