"""Images are private as soon as the API knows its callers, and the daily limit has what it takes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from genai_templates import Auth, FunctionNetwork, ImageStack, TextStack

Template = dict[str, Any]
KNOWN = [auth for auth in Auth if auth is not Auth.NONE]


def template_of(build: type[TextStack] | type[ImageStack], **options: Any) -> Template:
    template: Template = json.loads(build(**options).to_json())
    return template


@pytest.fixture(params=KNOWN, ids=lambda auth: auth.value)
def private(request: pytest.FixtureRequest) -> dict[str, Any]:
    """The resources of an image stack whose API knows its callers."""
    return dict(template_of(ImageStack, auth=request.param)["Resources"])


def test_the_distribution_neither_serves_nor_may_read_private_images(private: dict[str, Any]) -> None:
    distribution = private["CloudFrontDistribution"]["Properties"]["DistributionConfig"]
    assert {origin["Id"] for origin in distribution["Origins"]} == {"site", "api"}
    assert {each["PathPattern"] for each in distribution["CacheBehaviors"]} == {"/api/*"}
    statements = private["ImageBucketPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    assert [each["Sid"] for each in statements] == ["TlsOnly"]


def test_the_function_that_shows_jobs_may_read_images_and_nothing_else_of_s3(private: dict[str, Any]) -> None:
    statements = [
        each
        for policy in private["DisplayImageFunctionRole"]["Properties"]["Policies"]
        for each in policy["PolicyDocument"]["Statement"]
        if any(action.startswith("s3:") for action in each["Action"])
    ]
    assert [(each["Action"], each["Resource"]) for each in statements] == [
        (["s3:GetObject"], [{"Fn::Sub": "${ImageBucket.Arn}/generated_images/*"}])
    ]


def test_the_page_may_show_images_of_the_bucket_and_of_no_other_place(private: dict[str, Any]) -> None:
    headers = private["SecurityHeaders"]["Properties"]["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
    text, values = headers["ContentSecurityPolicy"]["ContentSecurityPolicy"]["Fn::Sub"]
    bucket = {"Fn::Sub": "https://${ImageBucket.RegionalDomainName}"}
    assert "img-src 'self' ${ImageOrigin};" in text
    assert values["ImageOrigin"] == bucket
    assert private["ApiStage"]["Properties"]["Variables"]["imagesUrl"] == bucket


def test_private_images_have_access_logs_too(private: dict[str, Any]) -> None:
    assert "LoggingConfiguration" in private["ImageBucket"]["Properties"]


def test_images_for_everybody_need_no_signature() -> None:
    resources = template_of(ImageStack)["Resources"]
    assert "imagesUrl" not in resources["ApiStage"]["Properties"]["Variables"]
    assert "s3:" not in json.dumps(resources["DisplayImageFunctionRole"])


@pytest.mark.parametrize(
    ("build", "counts"), [(TextStack, "GenAILambdaFunction"), (ImageStack, "StartProcessFunction")]
)
def test_the_function_that_takes_requests_to_the_model_counts_them(
    build: type[TextStack] | type[ImageStack], counts: str
) -> None:
    template = template_of(build, auth=Auth.IAM, daily_limit=True)
    resources = template["Resources"]
    variables = resources[counts]["Properties"]["Environment"]["Variables"]
    assert variables["DAILY_LIMIT_TABLE"] == {"Ref": "DailyRequestTable"}
    assert variables["DAILY_REQUESTS"] == {"Ref": "DailyRequests"}
    assert template["Parameters"]["DailyRequests"]["MinValue"] == 1
    users = [name for name, each in resources.items() if '"DailyRequestTable"' in json.dumps(each)]
    assert users == [counts, f"{counts}Role"]


def test_a_text_function_that_counts_reaches_dynamodb_from_the_vpc() -> None:
    private_network: dict[str, Any] = {"auth": Auth.IAM, "function_network": FunctionNetwork.PRIVATE}
    assert "DynamoDBEndpoint" not in template_of(TextStack, **private_network)["Resources"]
    for build in (TextStack, ImageStack):
        assert "DynamoDBEndpoint" in template_of(build, daily_limit=True, **private_network)["Resources"]
