"""Components stand alone on anyone's template, and twice on the same one."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from troposphere import Equals, GetAZs, Ref, Select, Template, s3, sqs

from genai_templates import ImageStack, InvalidOption, TextStack
from genai_templates.components.api import Throttle, add_api
from genai_templates.components.buckets import add_site_bucket
from genai_templates.components.distribution import ApiOrigin, add_distribution
from genai_templates.components.functions import Code, Function, FunctionDefaults, add_function
from genai_templates.components.headers import add_security_headers
from genai_templates.components.job_queue import add_job_queue
from genai_templates.components.jobs import add_failed_jobs, add_job_table
from genai_templates.components.network import PrivateSubnet, add_network
from genai_templates.contract.text import CONTRACT
from genai_templates.packaging.lint import lint_templates
from genai_templates.parameters import ParameterGroup
from genai_templates.scope import Scope


def add_text_function(scope: Scope, logical_id: str) -> Function:
    return add_function(
        scope,
        logical_id,
        handler="handlers.text.summarize.handler",
        shared=FunctionDefaults(Code("bucket", "key.zip", "x86_64"), log_retention=30),
        description="Answers",
        memory=256,
        timeout=10,
        environment={"STACK_NAME": Ref("AWS::StackName")},
    )


def add_everything(scope: Scope) -> None:
    function = add_text_function(scope, "Answer")
    mark = add_text_function(scope, "Mark")
    add_job_table(scope).grant_read(function.role)
    failed = add_failed_jobs(scope, mark=mark, visibility_timeout=60)
    failed.add_source(scope, "Retries", function=function, retries=1, maximum_age=60)
    queue = add_job_queue(scope, function_timeout=10, retries=Ref("AWS::NoValue"))
    queue.grant_send(function.role)
    queue.add_consumer(scope, mark, concurrency=2)
    add_network(
        scope,
        vpc_range="10.0.0.0/16",
        first=PrivateSubnet("10.0.3.0/24", Select(0, GetAZs(""))),
        second=PrivateSubnet("10.0.4.0/24", Select(1, GetAZs(""))),
    )
    api = add_api(
        scope,
        contract=CONTRACT,
        functions=dict.fromkeys(CONTRACT.routes, function),
        allowed_origin="*",
        timeout=29_000,
        throttle=Throttle(rate=1, burst=1),
        log_retention=30,
        account_condition="Never",
    )
    add_distribution(
        scope,
        site=add_site_bucket(scope),
        api=ApiOrigin(api.domain_name, api.path, 30),
        headers=add_security_headers(scope, called={"ApiOrigin": api.origin}),
    )


def test_two_of_everything_on_one_template_do_not_clash() -> None:
    template = Template()
    add_everything(Scope(template, "Blue"))
    once = len(template.resources)
    add_everything(Scope(template, "Green"))
    assert len(template.resources) == 2 * once
    text = template.to_json()
    blue = {name: each for name, each in json.loads(text)["Resources"].items() if name.startswith("Blue")}
    assert "Green" not in json.dumps(blue)


def test_physical_names_of_two_prefixes_differ() -> None:
    assert (
        Scope(Template(), "Blue").physical_name("api").to_dict()
        != Scope(Template(), "Green").physical_name("api").to_dict()
    )


def test_two_applications_fit_on_one_template(tmp_path: Path) -> None:
    template = Template()
    TextStack(scope=Scope(template, "Text"))
    ImageStack(scope=Scope(template, "Image"))
    alone = len(TextStack().template.resources) + len(ImageStack().template.resources)
    assert len(template.resources) == alone
    assert lint_templates({"both": template.to_json()}, regions=["us-east-1"], cache_dir=tmp_path) == ()
    body = json.loads(template.to_json())
    for kind in ("Parameters", "Conditions", "Outputs", "Resources"):
        assert all(name.startswith(("Text", "Image")) for name in body[kind])


def test_the_template_of_a_stack_takes_resources_of_ones_own() -> None:
    stack = TextStack()
    stack.template.add_resource(s3.Bucket("Mine", BucketName=Ref(stack.site_bucket.resource)))
    assert '"Mine"' in stack.to_json()
    assert stack.api.invoke_url.to_dict()["Fn::Sub"][0].endswith("/prod")


@pytest.mark.parametrize("kind", ["resources", "parameters", "conditions", "outputs"])
def test_a_logical_id_that_the_template_has_is_refused_with_the_way_out(kind: str) -> None:
    template = Template()
    getattr(template, kind)["BlueThing"] = object()
    scope = Scope(template, "Blue")
    adds: dict[str, Callable[[], object]] = {
        "resources": lambda: scope.add(sqs.Queue, "Thing"),
        "parameters": lambda: scope.add_parameter("Thing", Type="String"),
        "conditions": lambda: scope.add_condition("Thing", {}),
        "outputs": lambda: scope.add_output("Thing", Value="value"),
    }
    with pytest.raises(InvalidOption, match="has BlueThing already: give this scope another prefix"):
        adds[kind]()


@pytest.mark.parametrize("stands", ["resources", "parameters"])
def test_a_resource_and_a_parameter_do_not_share_a_logical_id(stands: str) -> None:
    """CloudFormation refuses a template where they do, as ``Ref`` takes both."""
    scope = Scope(Template())
    getattr(scope.template, stands)["Thing"] = object()
    with pytest.raises(InvalidOption, match="has Thing already"):
        scope.add(sqs.Queue, "Thing")
    with pytest.raises(InvalidOption, match="has Thing already"):
        scope.add_parameter("Thing", Type="String")
    assert scope.add_condition("Thing", Equals("a", "b")) == "Thing"
    scope.add_output("Thing", Value="value")


def test_a_condition_of_ones_own_is_never_replaced() -> None:
    template = Template()
    own = Equals("a", "b")
    template.add_condition("BlueAccessLogsIsTrue", own)
    with pytest.raises(InvalidOption, match="has BlueAccessLogsIsTrue already: give this scope another prefix"):
        TextStack(scope=Scope(template, "Blue"))
    assert template.conditions["BlueAccessLogsIsTrue"] is own


@pytest.mark.parametrize("prefix", ["", "Blue"])
def test_a_parameter_is_tested_twice_by_one_condition(prefix: str) -> None:
    group = ParameterGroup(Scope(Template(), prefix), "Colours")
    flag = group.flag("Bright", "Bright colours", default=True, description="Or dark ones")
    assert group.is_true(flag) == group.is_true(flag) == f"{prefix}BrightIsTrue"
    assert list(group.scope.template.conditions) == [f"{prefix}BrightIsTrue"]
