"""A deployment is a snapshot of the API: it is replaced when the API changes, and only then."""

from __future__ import annotations

from troposphere import Template

from genai_templates.components.api import Throttle, add_api
from genai_templates.components.functions import Code, FunctionDefaults, add_function
from genai_templates.contract.routes import GET_STATUS, Contract
from genai_templates.contract.text import CONTRACT
from genai_templates.scope import Scope


def deployment_of(contract: Contract = CONTRACT, *, timeout: int = 29_000, origin: str = "*", rate: int = 1) -> str:
    template = Template()
    scope = Scope(template)
    function = add_function(
        scope,
        "Answer",
        handler="a.b",
        shared=FunctionDefaults(Code("bucket", "key", "x86_64"), log_retention=1),
        description="Answers",
        memory=128,
        timeout=3,
        environment={},
    )
    add_api(
        scope,
        contract=contract,
        functions=dict.fromkeys(contract.routes, function),
        allowed_origin=origin,
        timeout=timeout,
        throttle=Throttle(rate=rate, burst=1),
        log_retention=1,
        account_condition="Never",
    )
    return next(str(name) for name in template.resources if name.startswith("ApiDeployment"))


def test_an_unchanged_api_keeps_its_deployment() -> None:
    assert deployment_of() == deployment_of() == deployment_of(rate=5)


def test_a_changed_route_timeout_or_origin_gives_another_deployment() -> None:
    more = CONTRACT._replace(routes=(*CONTRACT.routes, GET_STATUS._replace(path="/more")))
    ids = {
        deployment_of(),
        deployment_of(more),
        deployment_of(timeout=20_000),
        deployment_of(origin="https://example.com"),
    }
    assert len(ids) == 4
