"""What a stack is to become, compared with what it is."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from genai_templates import TextStack
from genai_templates.aws.account import Account
from genai_templates.aws.cloudformation.stacks import APP_TAG, StackDescription
from genai_templates.aws.deployment import Deployment
from genai_templates.errors import InvalidOption
from tests.unit.aws.stubbed_account import StubbedAccount

TEMPLATE = TextStack().to_json().encode()
BUCKET = "our-artifacts"


class Elsewhere(Account):
    """An account in another region."""

    def __init__(self, region: str) -> None:
        super().__init__(region=region)


def deployment(**chosen: Any) -> Deployment:
    keys = ("LambdaS3Key", "CustomResourcesS3Key")
    given: dict[str, Any] = {"bucket": BUCKET, "key_parameters": keys, **chosen}
    return Deployment(stack="genai-text", app="text", template=TEMPLATE, **given)


def stack(parameters: dict[str, str], tags: dict[str, str] | None = None) -> StackDescription:
    return StackDescription(
        stack_id="arn:aws:cloudformation:eu-west-1:1:stack/genai-text/guid",
        name="genai-text",
        status="CREATE_COMPLETE",
        reason="",
        created=datetime(2026, 11, 26, tzinfo=UTC),
        updated=None,
        role_arn="",
        parameters=parameters,
        tags=tags if tags is not None else {APP_TAG: "text"},
    )


DEPLOYED = {"LambdaS3Bucket": BUCKET, "LambdaS3Key": "", "CustomResourcesS3Key": "", "ThrottleRate": "7"}


def test_a_new_stack_gets_the_bucket_and_what_nobody_chose_and_what_was_chosen(account: StubbedAccount) -> None:
    chosen = deployment(parameters={"ThrottleRate": "5"})
    values = chosen.parameters_over(account, None, {"SetApiGatewayLoggingRole": "false", "ThrottleRate": "1"})
    assert values["SetApiGatewayLoggingRole"] == "false"
    assert (values["LambdaS3Bucket"], values["ThrottleRate"]) == (BUCKET, "5")


def test_values_of_a_stack_are_kept_but_a_copied_key_is_emptied(account: StubbedAccount) -> None:
    before = {**DEPLOYED, "LambdaS3Key": "old.zip", "OfAnotherTemplate": "x"}
    values = deployment().parameters_over(account, stack(before), {})
    assert values == {"LambdaS3Bucket": BUCKET, "LambdaS3Key": "", "CustomResourcesS3Key": "", "ThrottleRate": None}


def test_tags_of_a_stack_are_kept_and_the_chosen_ones_win() -> None:
    tags = deployment(tags={"team": "words"}).tags_over(stack({}, {"team": "old", "cost": "1"}))
    assert tags == {"team": "words", "cost": "1", APP_TAG: "text"}


@pytest.mark.parametrize(
    ("chosen", "parameters", "tags"),
    [
        ({"parameters": {"ThrottleRate": "5"}}, DEPLOYED, {APP_TAG: "text"}),
        ({"tags": {"team": "words"}}, DEPLOYED, {APP_TAG: "text"}),
        ({}, DEPLOYED, {}),
        ({"bucket": "another"}, DEPLOYED, {APP_TAG: "text"}),
        ({}, {**DEPLOYED, "LambdaS3Key": "old.zip"}, {APP_TAG: "text"}),
        ({"role_arn": "arn:aws:iam::1:role/service"}, DEPLOYED, {APP_TAG: "text"}),
    ],
    ids=["parameter", "tag", "no tag of ours", "bucket", "copied key", "role"],
)
def test_what_differs_is_not_deployed(
    account: StubbedAccount, chosen: dict[str, Any], parameters: dict[str, str], tags: dict[str, str]
) -> None:
    assert not deployment(**chosen).is_deployed(account, stack(parameters, tags))


@pytest.mark.parametrize(("change", "expected"), [({}, True), ({"Description": "another"}, False)])
def test_the_template_is_compared_by_its_content(
    account: StubbedAccount, change: dict[str, str], expected: bool
) -> None:
    body = json.dumps({**json.loads(TEMPLATE), **change}, indent=1)
    account.expect("cloudformation", "get_template", {"TemplateBody": body}, StackName=stack({}).stack_id)
    assert deployment().is_deployed(account, stack(DEPLOYED)) is expected


def test_a_price_that_is_not_known_is_named_and_not_left_out(account: StubbedAccount) -> None:
    known, partly, unknown = (
        deployment().cost(each, None) for each in (Elsewhere("us-east-1"), account, Elsewhere("ap-south-1"))
    )
    assert known.startswith("costs about 1.52 USD an hour, 1,1")
    assert "besides endpoint, 1 x ml.g5.2xlarge, whose price is not known here" in partly
    assert unknown == "what it costs in ap-south-1 is not known: see AWS's list of prices"


def test_a_parameter_that_the_template_lacks_is_refused() -> None:
    with pytest.raises(InvalidOption, match="no parameter Nope"):
        deployment(parameters={"Nope": "1"})


def test_a_parameter_without_a_value_is_named_with_its_meaning(account: StubbedAccount) -> None:
    template = json.loads(TEMPLATE)
    template["Parameters"]["Needed"] = {"Type": "String", "Description": "What it is for"}
    needs = Deployment(stack="genai-text", app="text", template=json.dumps(template).encode(), bucket=BUCKET)
    with pytest.raises(InvalidOption, match=r"genai-text needs --parameter Needed=\.\.\. \(Needed: What it is for\)"):
        needs.check_complete(account, None)
    needs.check_complete(account, stack({**DEPLOYED, "Needed": "x"}))
